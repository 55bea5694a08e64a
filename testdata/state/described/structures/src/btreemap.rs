pub struct BTreeMap<K, V> {
    entries: Vec<(K, V)>,
}

impl<K: Ord, V: Clone> BTreeMap<K, V> {
    pub const fn new() -> Self {
        Self { entries: Vec::new() }
    }

    pub fn get(&self, key: &K) -> Option<V> {
        self.entries.iter().find(|e| e.0 == *key).map(|e| e.1.clone())
    }

    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        let before = self.entries.iter().position(|e| e.0 == key).map(|i| self.entries.remove(i).1);
        self.entries.push((key, value));
        before
    }

    /// How many keys are below one: nothing that the data describes.
    pub fn below(&self, key: &K) -> usize {
        self.entries.iter().filter(|e| e.0 < *key).count()
    }
}

impl<K: Ord, V: Clone> Default for BTreeMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}
