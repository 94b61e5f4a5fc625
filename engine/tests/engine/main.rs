//! The engine against packs: what they print, what is refused, and that the journal is the truth.

#[cfg(test)]
mod acceptance;
#[cfg(test)]
mod adopt;
#[cfg(test)]
mod agendas;
#[cfg(test)]
mod area;
#[cfg(test)]
mod children;
#[cfg(test)]
mod fold;
#[cfg(test)]
mod forecast;
#[cfg(test)]
mod handover;
#[cfg(test)]
mod joined;
#[cfg(test)]
mod keyed;
#[cfg(test)]
mod ledgers;
#[cfg(test)]
mod lent;
#[cfg(test)]
mod letters;
#[cfg(test)]
mod meetings;
#[cfg(test)]
mod own;
#[cfg(test)]
mod papers;
#[cfg(test)]
mod printed;
#[cfg(test)]
mod refused;
#[cfg(test)]
mod remarks;
#[cfg(test)]
mod rosters;
#[cfg(test)]
mod schemas;
#[cfg(test)]
mod skeleton;
#[cfg(test)]
mod snapshot;
#[cfg(test)]
mod story;
#[cfg(test)]
mod together;
