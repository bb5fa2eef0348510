package api

import (
	"sync"
	"time"
)

// kept remembers what is costly to work out, so that asking often costs little:
// values under a few keys, the oldest key given up for a new one. What could
// not be worked out is not remembered. Of those who ask at once for the same
// one works it out. Values are shared: nobody changes them.
type kept[K comparable, V any] struct {
	most int           // keys
	term time.Duration // for which a value counts; 0 is for good

	mu    sync.Mutex
	slots map[K]*slot[V]
	order []K
}

// slot is one value under way or made.
type slot[V any] struct {
	mu    sync.Mutex
	value V
	made  time.Time
	ok    bool
}

// get is the value under a key as it counts at an instant.
func (k *kept[K, V]) get(key K, now time.Time, work func() (V, error)) (V, error) {
	s := k.slot(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if age := now.Sub(s.made); s.ok && (k.term == 0 || age >= 0 && age < k.term) {
		return s.value, nil
	}
	v, err := work()
	if err == nil {
		s.value, s.made, s.ok = v, now, true
	}
	return v, err
}

func (k *kept[K, V]) slot(key K) *slot[V] {
	k.mu.Lock()
	defer k.mu.Unlock()
	if s := k.slots[key]; s != nil {
		return s
	}
	if k.slots == nil {
		k.slots = map[K]*slot[V]{}
	}
	if len(k.order) == k.most {
		delete(k.slots, k.order[0])
		k.order = k.order[1:]
	}
	s := &slot[V]{}
	k.slots[key], k.order = s, append(k.order, key)
	return s
}
