package storetest

import (
	"context"
	"slices"
	"testing"

	"jinchu/engine"
	"jinchu/register"
)

func claimsOnce(t *testing.T, d *Database) {
	a := begin(t, d)
	b := NewWorld(t, d.Open())
	var acts []func() error
	answers := make([]*engine.Answer, 6)
	for i := range answers {
		id, w := a.Open(i), []*World{a, b}[i%2]
		acts = append(acts, func() (err error) {
			answers[i], err = w.Act(id, "issue")
			return err
		})
	}
	var serials, slots []string
	for i, err := range together(acts...) { // three slots for six cases
		if err != nil {
			refused(t, err, "claim-slot")
			continue
		}
		serials = append(serials, answers[i].Held[engine.SerialKind])
		slots = append(slots, answers[i].Held["slot"])
	}
	slices.Sort(serials)
	slices.Sort(slots)
	if !slices.Equal(slots, []string{"s1", "s2", "s3"}) || !slices.Equal(serials, []string{"X0007", "X0008", "X0009"}) {
		t.Fatalf("serials %v and slots %v were given out", serials, slots)
	}
	view := b.Store.View(context.Background(), County)
	if held := view.Held("slot", "s"); !slices.Equal(held, slots) {
		t.Errorf("held are %v", held)
	}
	if held := view.Held("slot", "s2"); !slices.Equal(held, slots[1:2]) {
		t.Errorf("held with the prefix s2 are %v", held)
	}
	if people := view.HeldBy("slot", ""); len(people) != 3 {
		t.Errorf("slots are held by %v", people)
	}
	a.clean()
}

func serialsOnce(t *testing.T, d *Database) {
	w := begin(t, d)
	id := w.Open(0)
	next := 7
	for _, back := range []string{"spoil", "give-up", "give-up", "spoil"} {
		want := (&register.Pool{Prefix: "X", Digits: 4}).Serial(next)
		if got := w.Must(id, "issue").Held[engine.SerialKind]; got != want {
			t.Fatalf("serial %s was given out, not %s", got, want)
		}
		if a := w.Must(id, back); len(a.Held) > 0 {
			t.Fatalf("after %s the case holds %v", back, a.Held)
		}
		if holder, _ := w.Store.View(context.Background(), County).Holder(engine.SerialKind, want); holder != id {
			t.Errorf("serial %s is held by %q after %s", want, holder, back)
		}
		next++
	}
	if _, taken := w.Store.View(context.Background(), County).Holder("slot", "s1"); taken {
		t.Error("a released slot is still held")
	}
	w.Must(id, "issue")
	w.Must(id, "consume")
	if held := w.Store.View(context.Background(), County).Held(engine.SerialKind, ""); !slices.Equal(held, []string{"X0011"}) {
		t.Errorf("serials held are %v", held)
	}
	poolEnds(w)
	w.clean()
}

// poolEnds gives out serials until the pool is empty and the next one begins.
func poolEnds(w *World) {
	w.Record(&register.Pool{ID: "pool", Prefix: "X", Digits: 4, First: 7, Last: 12}, &register.Pool{ID: "q", Prefix: "Y", Digits: 3, First: 1, Last: 1})
	for i, want := range []string{"X0012", "Y001"} {
		id := w.Open(i + 1)
		if got := w.Must(id, "issue").Held[engine.SerialKind]; got != want {
			w.T.Errorf("serial %s was given out, not %s", got, want)
		}
		w.Must(id, "spoil")
	}
	_, err := w.Act(w.Open(3), "issue")
	refused(w.T, err, "claim-"+engine.SerialKind)
}

func oneLiveSerial(t *testing.T, d *Database) {
	w := begin(t, d)
	one, other := w.Open(0), w.Open(0) // two cases of one person
	first := w.decided(one, "issue")
	expect(t, w.keep(first), nil)
	second := w.decided(other, "issue")
	expect(t, w.keep(second), engine.ErrClaimed)
	if n := w.seq(other); n != 1 {
		t.Errorf("the refused claim left %d events", n)
	}
	w.Must(one, "spoil")
	w.Must(other, "issue")
	w.Must(other, "consume") // used up, it is no longer in hand
	w.Must(one, "issue")
	w.clean()
}
