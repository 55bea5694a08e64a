//! Macros that canisters share. What they make stands in no text of the canister.

use candid::{CandidType, Principal};
use ic_cdk::call::Call;

/// The state of a canister, and the two ways to it.
#[macro_export]
macro_rules! canister_state {
    ($type:ty) => {
        thread_local! {
            static __STATE: std::cell::RefCell<Option<$type>> = const { std::cell::RefCell::new(None) };
        }

        pub fn init_state(state: $type) {
            __STATE.set(Some(state));
        }

        pub fn read_state<F: FnOnce(&$type) -> R, R>(f: F) -> R {
            __STATE.with_borrow(|s| f(s.as_ref().expect("no state")))
        }

        pub fn mutate_state<F: FnOnce(&mut $type) -> R, R>(f: F) -> R {
            __STATE.with_borrow_mut(|s| f(s.as_mut().expect("no state")))
        }
    };
}

/// One client function for each method.
#[macro_export]
macro_rules! client {
    ($($method:ident($($arg:ident: $type:ty),*)),* $(,)?) => {
        $(
            pub async fn $method(canister: candid::Principal, $($arg: $type),*) -> Result<(), String> {
                $crate::send(canister, stringify!($method), ($($arg,)*)).await
            }
        )*
    };
}

/// Leaves the function around it unless the condition holds.
#[macro_export]
macro_rules! ensure {
    ($condition:expr, $($message:tt)+) => {
        if !$condition {
            return Err(format!($($message)+));
        }
    };
}

pub async fn send<T: CandidType>(canister: Principal, method: &str, args: T) -> Result<(), String> {
    Call::unbounded_wait(canister, method)
        .with_arg(args)
        .await
        .map_err(|e| e.to_string())?;
    Ok(())
}
