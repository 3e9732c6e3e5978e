//! Nodes by the time at which something is to happen to them: buckets of time of equal width.
//!
//! A calendar holds names, and whoever owns the nodes says when: four bytes an entry instead of
//! sixteen, so that what is pending stays in the cache. It follows that an entry is void as soon
//! as its node's time belongs to another bucket; nothing is ever taken out for that. Whoever
//! gives a node another time puts it in again.

/// How a calendar is laid out.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Entries of a bucket on average.
    pub per_bucket: usize,
    /// Fewest and most buckets.
    pub buckets: [usize; 2],
    /// Length of the calendar in means of the times that are pending, from the first of them on.
    /// Waiting times are about exponential: three means hold 95 % of them, four 98 %.
    pub means: f64,
}

/// A calendar is laid out anew when its entries have become so many times more.
const GROWTH: usize = 4;

/// A position beyond the last bucket of any calendar.
const FAR: f64 = 4_294_967_295.0;

/// The bucket of a position: the nearest whole number, because a sum with 2⁵² ends in it.
#[inline(always)]
pub fn bucket(position: f64) -> usize {
    (position + 4_503_599_627_370_496.0).to_bits() as u32 as usize
}

/// Nodes in buckets of time.
#[derive(Clone, Debug)]
pub struct Calendar {
    layout: Layout,
    /// Time at which the first bucket begins.
    start: f64,
    /// Buckets per unit of time.
    pace: f64,
    buckets: Vec<Vec<u32>>,
    /// How many of the buckets are in use; the others keep their memory.
    used: usize,
    /// The first bucket that may hold entries, or that whose turn it is.
    current: usize,
    /// Nodes beyond the last bucket.
    later: Vec<u32>,
    len: usize,
    /// Length at which the calendar is laid out anew.
    crowded: usize,
    /// What is laid out, to keep its memory.
    all: Vec<(f64, u32)>,
}

impl Calendar {
    pub fn new(layout: Layout) -> Self {
        Self {
            layout,
            start: f64::NEG_INFINITY,
            pace: 1.0,
            buckets: Vec::new(),
            used: 0,
            current: 0,
            later: Vec::new(),
            len: 0,
            crowded: layout.buckets[0] * layout.per_bucket,
            all: Vec::new(),
        }
    }

    /// How many entries there are, void ones among them.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Forgets all entries; the memory stays.
    pub fn clear(&mut self) {
        for bucket in &mut self.buckets[..self.used] {
            bucket.clear();
        }
        self.later.clear();
        (self.used, self.current, self.len) = (0, 0, 0);
        // Without buckets every time is beyond the last.
        (self.start, self.pace) = (f64::NEG_INFINITY, 1.0);
        self.crowded = self.layout.buckets[0] * self.layout.per_bucket;
    }

    /// Where a time stands, in buckets from the first on.
    #[inline(always)]
    pub fn position(&self, time: f64) -> f64 {
        let position = (time - self.start) * self.pace;
        // Comparisons rather than `clamp`, for one instruction each.
        let position = if position > 0.0 { position } else { 0.0 };
        if position < FAR { position } else { FAR }
    }

    /// The bucket of a time. It never decreases with the time, rounding included, and hence a time
    /// of a later bucket is never before one of an earlier bucket.
    #[inline(always)]
    pub fn bucket(&self, time: f64) -> usize {
        bucket(self.position(time))
    }

    /// The bucket whose turn it is.
    #[inline(always)]
    pub fn current(&self) -> usize {
        self.current
    }

    /// Puts a node into a bucket.
    #[inline(always)]
    pub fn put(&mut self, node: u32, bucket: usize) {
        self.len += 1;
        match self.buckets[..self.used].get_mut(bucket) {
            Some(bucket) => bucket.push(node),
            None => self.later.push(node),
        }
    }

    /// The nodes of a bucket; of none beyond the last.
    #[inline]
    pub fn nodes(&self, bucket: usize) -> &[u32] {
        self.buckets[..self.used]
            .get(bucket)
            .map_or(&[], |nodes| nodes)
    }

    /// The nodes of the bucket whose turn it is, or, behind the last, of those that come later.
    #[inline]
    fn rest(&mut self) -> &mut Vec<u32> {
        if self.current < self.used {
            &mut self.buckets[self.current]
        } else {
            &mut self.later
        }
    }

    /// Takes all nodes out of the bucket whose turn it is.
    #[inline]
    pub fn clear_current(&mut self) {
        let rest = self.rest();
        let gone = rest.len();
        rest.clear();
        self.len -= gone;
    }

    /// Takes those nodes out of the bucket whose turn it is, or, behind the last bucket, out of what
    /// comes later, for which `goes` is true.
    #[inline(always)]
    pub fn take(&mut self, goes: impl FnMut(u32) -> bool) {
        let mut goes = goes;
        let rest = self.rest();
        let count = rest.len();
        rest.retain(|&node| !goes(node));
        let gone = count - rest.len();
        self.len -= gone;
    }

    /// Goes on by one bucket, not beyond `last`; false when it is there.
    #[inline]
    pub fn go_on(&mut self, last: usize) -> bool {
        let goes = self.current < last;
        self.current += usize::from(goes);
        goes
    }

    /// How many buckets there are.
    #[inline]
    pub fn used(&self) -> usize {
        self.used
    }

    /// How many nodes come after the last bucket.
    #[inline]
    pub fn later(&self) -> usize {
        self.later.len()
    }

    /// True when it has become too full for its buckets.
    #[inline]
    pub fn is_crowded(&self) -> bool {
        self.len > self.crowded
    }

    /// Gives all nodes new buckets, of a width that suits their times, and drops void entries. The
    /// first bucket holds the earliest node then, and its turn is next; without nodes there are no
    /// buckets.
    #[cold]
    pub fn lay_out(&mut self, when: impl Fn(u32) -> f64) {
        let mut all = std::mem::take(&mut self.all);
        let (used, current) = (self.used, self.current);
        let holders = self.buckets[..used].iter().chain([&self.later]);
        for (place, nodes) in holders.enumerate() {
            for &node in nodes {
                let time = when(node);
                if time.is_finite() && self.bucket(time).max(current).min(used) == place {
                    all.push((time, node));
                }
            }
        }
        self.clear();
        let count = all.len();
        let first = all.iter().fold(f64::INFINITY, |low, one| low.min(one.0));
        let mean = all.iter().map(|one| one.0 - first).sum::<f64>() / count.max(1) as f64;
        let [fewest, most] = self.layout.buckets;
        if count > 0 {
            self.used = (count / self.layout.per_bucket).clamp(fewest, most);
        }
        if self.buckets.len() < self.used {
            self.buckets.resize_with(self.used, Vec::new);
        }
        self.start = first;
        let horizon = (self.layout.means * mean).max(first.abs().max(1.0) * 1e-12);
        self.pace = self.used as f64 / horizon;
        self.crowded = (count * GROWTH).max(self.crowded);
        for (time, node) in all.drain(..) {
            self.put(node, self.bucket(time));
        }
        self.all = all;
    }
}
