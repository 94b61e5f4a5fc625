//! The binary as it is installed: killed in the middle of its work, watched over its shoulder, called
//! from a command line.

#[cfg(test)]
mod all_packs;
#[cfg(test)]
mod area;
#[cfg(test)]
mod backup;
#[cfg(test)]
mod command_line;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod guide;
#[cfg(test)]
mod killed;
#[cfg(test)]
mod ledgers;
#[cfg(test)]
mod lent;
#[cfg(test)]
mod letters;
#[cfg(test)]
#[path = "../../../tests/product/mail/server.rs"]
mod mail_server;
#[cfg(test)]
mod quiet;
#[cfg(test)]
mod running;
#[cfg(test)]
mod shared;
