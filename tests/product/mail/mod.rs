//! Letters, from the effect of the cycle through the outbox and a real mail server to the questionnaire.

#[cfg(test)]
mod letters;
#[cfg(test)]
mod refused;
#[cfg(test)]
pub mod scene;
#[cfg(test)]
pub mod server;
#[cfg(test)]
mod shown;
