//! The product over HTTP, without a socket: the routes that `meguri serve` serves, on a real store.

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod api;
#[cfg(test)]
mod area;
#[cfg(test)]
mod attachments;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod cycles;
#[cfg(test)]
mod delegation;
#[cfg(test)]
mod design;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod distribution;
#[cfg(test)]
mod everywhere;
#[cfg(test)]
mod form;
#[cfg(test)]
mod home;
#[cfg(test)]
mod isolation;
#[cfg(test)]
mod keeping;
#[cfg(test)]
mod keyed;
mod late;
#[cfg(test)]
mod ledgers;
#[cfg(test)]
mod mail;
#[cfg(test)]
mod meetings;
#[cfg(test)]
mod members;
#[cfg(test)]
mod respondent;
#[cfg(test)]
mod results;
#[cfg(test)]
mod revised;
#[cfg(test)]
mod rosters;
#[cfg(test)]
mod sent;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod site;
#[cfg(test)]
mod terms;
#[cfg(test)]
mod timeline;
#[cfg(test)]
mod twice;
#[cfg(test)]
mod two_devices;
#[cfg(test)]
mod webhooks;
#[cfg(test)]
mod words;
#[cfg(test)]
mod wrong_answers;
