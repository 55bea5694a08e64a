//! Layers around calls: generated clients, traits, generics, objects.

mod bindgen;
mod objects;
mod runtime;
