//! Macros of this crate, called before and after they are read.

macro_rules! set_total {
    ($value:expr) => {
        $crate::mutate_state(|s| s.total = $value);
    };
}

macro_rules! log_total {
    () => {
        let total = $crate::read_state(|s| s.total);
        ic_cdk::println!("{total}");
    };
}

macro_rules! total_as {
    ($name:ident) => {
        let $name = $crate::read_state(|s| s.total);
    };
}
