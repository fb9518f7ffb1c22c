//! The store at its boundary: changes in, rows and errors out, on real files.

#[cfg(test)]
mod chats;
#[cfg(test)]
mod checkpoints;
#[cfg(test)]
mod durability;
#[cfg(test)]
mod entries;
#[cfg(test)]
mod events;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod media;
#[cfg(test)]
mod opening;
#[cfg(test)]
mod rows;
#[cfg(test)]
mod turns;
mod usage;
