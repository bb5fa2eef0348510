package api

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A closed quarter is drawn anew once; an open one each time, as its filings
// change.
func TestAClosedQuarterIsDrawnAnewOnce(t *testing.T) {
	tw := drawnTown(t)
	twice := func() (first, second *published) {
		t.Helper()
		_, first, err := tw.server.published(t.Context(), "2026Q2")
		if err != nil {
			t.Fatal(err)
		}
		if _, second, err = tw.server.published(t.Context(), "2026Q2"); err != nil {
			t.Fatal(err)
		}
		return first, second
	}
	if first, second := twice(); first == second || first.digest != "" {
		t.Error("what is published of an open quarter is kept")
	}
	tw.hold()
	tw.close()
	if first, second := twice(); first != second || first.digest == "" || len(first.bundle.Keys) == 0 {
		t.Error("a closed quarter is drawn anew for everybody who asks")
	}
	a, b := tw.get("auditor", quarter+"/bundle").want(http.StatusOK), tw.get("inspector", quarter+"/bundle").want(http.StatusOK)
	if string(a.body) != string(b.body) {
		t.Error("two who ask get different bundles")
	}
}

// The figures of the first page are counted once a minute; a fault is not kept.
func TestTheFirstPageCountsOnceAMinute(t *testing.T) {
	counted, fault := 0, errors.New("down")
	tw := newTown(t, drawAll, func(c *Config) {
		c.Front = func(ctx context.Context) (FrontPage, error) {
			if counted++; fault != nil {
				return FrontPage{}, fault
			}
			return figures(ctx)
		}
	})
	tw.get("", "/").want(http.StatusInternalServerError)
	fault = nil
	for _, step := range []struct {
		now     string
		counted int
	}{{"2026-06-10T09:00:00+08:00", 2}, {"2026-06-10T09:00:59+08:00", 2}, {"2026-06-10T09:01:00+08:00", 3},
		{"2026-06-10T08:00:00+08:00", 4}, {"2026-06-11T00:00:01+08:00", 5}} {
		tw.now = step.now
		tw.get("", "/").want(http.StatusOK)
		tw.get("", "/?lang=en").want(http.StatusOK)
		if counted != step.counted {
			t.Errorf("by %s the figures were counted %d times, want %d", step.now, counted, step.counted)
		}
	}
}

func TestKeptGivesUpTheOldest(t *testing.T) {
	k := kept[int, int]{most: 2}
	var worked atomic.Int64
	get := func(key int) {
		if v, err := k.get(key, time.Time{}, func() (int, error) { worked.Add(1); return 10 * key, nil }); v != 10*key || err != nil {
			t.Errorf("%d: %d, %v", key, v, err)
		}
	}
	for _, key := range []int{1, 2, 1, 2, 3, 2, 1} {
		get(key)
	}
	if n := worked.Load(); n != 4 || len(k.slots) != 2 || len(k.order) != 2 {
		t.Errorf("worked out %d times, %d kept", n, len(k.slots))
	}
	worked.Store(0)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { get(7) })
	}
	all.Wait()
	if n := worked.Load(); n != 1 {
		t.Errorf("eight at once had it worked out %d times", n)
	}
}
