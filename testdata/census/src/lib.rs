//! What a census counts. A comment `// = …` at the end of a line names the
//! sites that begin in it, as list, class, cause and places; there are no
//! others. analyzer/census checks that.

mod awaits;
mod endpoints;
mod state;
