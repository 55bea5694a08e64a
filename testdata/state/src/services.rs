//! Layers: services with repositories, behind statics of all kinds.

use candid::Principal;
use once_cell::sync::Lazy;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, RwLock};

#[derive(Clone, Default)]
struct User {
    name: String,
    age: u64,
}

trait Repository<K, V> {
    fn get(&self, key: &K) -> Option<V>;
    fn insert(&self, key: K, value: V) -> Option<V>;
}

thread_local! {
    static DB: RefCell<HashMap<Principal, User>> = RefCell::default();
}

#[derive(Default)]
struct UserRepository;

impl Repository<Principal, User> for UserRepository {
    fn get(&self, key: &Principal) -> Option<User> {
        DB.with(|db| db.borrow().get(key).cloned())
    }
    fn insert(&self, key: Principal, value: User) -> Option<User> {
        DB.with(|db| db.borrow_mut().insert(key, value))
    }
}

#[derive(Default)]
struct UserService {
    users: UserRepository,
}

impl UserService {
    fn rename(&self, who: Principal, name: String) -> Option<User> {
        let user = self.users.get(&who)?;
        self.users.insert(who, User { name, ..user })
    }
}

static USER_SERVICE: Lazy<Arc<UserService>> = Lazy::new(|| Arc::new(UserService::default()));

// reads DB[who]
// writes DB[who]
#[ic_cdk::update]
fn rename(who: Principal, name: String) {
    USER_SERVICE.rename(who, name);
}

struct Generic<R: Repository<Principal, User>> {
    repository: Arc<R>,
}

impl<R: Repository<Principal, User>> Generic<R> {
    fn age(&self, who: Principal, age: u64) {
        if let Some(mut user) = self.repository.get(&who) {
            user.age = age;
            self.repository.insert(who, user);
        }
    }
}

static GENERIC: LazyLock<Generic<UserRepository>> =
    LazyLock::new(|| Generic { repository: Arc::new(UserRepository) });

// reads DB[who]
// writes DB[who]
#[ic_cdk::update]
fn set_age(who: Principal, age: u64) {
    GENERIC.age(who, age);
}

struct Boxed {
    repository: Box<dyn Repository<Principal, User> + Send + Sync>,
}

static BOXED: LazyLock<Boxed> = LazyLock::new(|| Boxed { repository: Box::new(UserRepository) });

// reads DB[who]
#[ic_cdk::query]
fn age(who: Principal) -> Option<u64> {
    BOXED.repository.get(&who).map(|u| u.age)
}

static PEOPLE: LazyLock<Mutex<HashMap<Principal, User>>> = LazyLock::new(Mutex::default);
static FLAGS: OnceLock<RwLock<Vec<bool>>> = OnceLock::new();
static SHARED: Mutex<u64> = Mutex::new(0);

fn flags() -> &'static RwLock<Vec<bool>> {
    FLAGS.get_or_init(|| RwLock::new(Vec::new()))
}

// reads DB[who]
#[ic_cdk::query]
fn name(who: Principal) -> Option<String> {
    UserRepository.get(&who).map(|u| u.name)
}

// writes PEOPLE[who]
#[ic_cdk::update]
fn register(who: Principal) {
    let mut users = PEOPLE.lock().unwrap();
    users.insert(who, User::default());
}

// writes PEOPLE[who].age
#[ic_cdk::update]
fn set_age_locked(who: Principal, age: u64) {
    if let Some(user) = PEOPLE.lock().unwrap().get_mut(&who) {
        user.age = age;
    }
}

// writes FLAGS[*]
#[ic_cdk::update]
fn raise_flag() {
    flags().write().expect("poisoned").push(true);
}

// reads SHARED
// writes SHARED
#[ic_cdk::update]
fn share() -> u64 {
    let mut guard = SHARED.lock().unwrap();
    *guard += 1;
    *guard
}

// Cells inside the state.
#[derive(Default)]
struct Inner {
    names: RefCell<HashMap<Principal, String>>,
    hits: std::cell::Cell<u64>,
    users: Rc<RefCell<Vec<User>>>,
}

thread_local! {
    static INNER: Inner = Inner::default();
    static ONCE: OnceCell<Inner> = const { OnceCell::new() };
}

// reads INNER.hits
// writes INNER.names[who] INNER.hits
#[ic_cdk::update]
fn hit(who: Principal, name: String) {
    INNER.with(|i| {
        i.names.borrow_mut().insert(who, name);
        i.hits.set(i.hits.get() + 1);
    });
}

// writes INNER.users[*]
#[ic_cdk::update]
fn add_shared(name: String) {
    let users = INNER.with(|i| Rc::clone(&i.users));
    users.borrow_mut().push(User { name, age: 0 });
}

// writes ONCE.names[who]
#[ic_cdk::update]
fn name_once(who: Principal, name: String) {
    ONCE.with(|o| o.get().expect("not there").names.borrow_mut().insert(who, name));
}
