package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	testCounty = "420683"
	testCase   = "01HV6Z9K3M4N5P6Q7R8S9T0V1W"
)

// sealed returns a chain of n events; the payload of event 3 is empty.
func sealed(t testing.TB, county, caseID string, n int) []Entry {
	t.Helper()
	var es []Entry
	var prev Hash
	for i := 1; i <= n; i++ {
		l := Leaf{
			County: county, Case: caseID, Kind: "case.step", N: int64(i), Prev: prev, Who: "org-1",
			At: time.Date(2026, 3, 5, 1, 12, i%60, 123456000, time.UTC),
		}
		payload := fmt.Appendf(nil, `{"step":%d,"note":"谈话"}`, i)
		if i == 3 {
			payload = nil
		}
		e, err := Seal(l, payload, testSalt(byte(i%200)))
		if err != nil {
			t.Fatal(err)
		}
		es, prev = append(es, e), e.Hash
	}
	return es
}

func fiveEvents(t testing.TB) []Entry { return sealed(t, testCounty, testCase, 5) }

// verify adds all entries and returns the chain and its first error.
func verify(es []Entry) (*Chain, error) {
	c := NewChain(testCounty, testCase)
	for _, e := range es {
		if _, err := c.Add(e); err != nil {
			return c, err
		}
	}
	return c, nil
}

// wantBroken demands that es breaks at event n and leaves the head before it.
func wantBroken(t *testing.T, what string, es []Entry, n int64) {
	t.Helper()
	c, err := verify(es)
	var b *Broken
	if !errors.As(err, &b) {
		t.Fatalf("%s: error is %v, want Broken", what, err)
	}
	if b.County != testCounty || b.Case != testCase || b.N != n || b.Why == "" {
		t.Fatalf("%s: %v, want event %d", what, b, n)
	}
	if text := b.Error(); !strings.Contains(text, testCase) || !strings.Contains(text, fmt.Sprintf("event %d:", n)) {
		t.Fatalf("%s: %q names neither case nor event", what, text)
	}
	if at, _ := c.Head(); at != n-1 {
		t.Fatalf("%s: head is at %d", what, at)
	}
}

func TestChainHolds(t *testing.T) {
	es := fiveEvents(t)
	c := NewChain(testCounty, testCase)
	if n, h := c.Head(); n != 0 || !h.IsZero() {
		t.Fatalf("empty chain has head %d %s", n, h)
	}
	for i, e := range es {
		l, err := c.Add(e)
		if err != nil || l.N != int64(i+1) || l.Kind != "case.step" {
			t.Fatalf("event %d: %+v, %v", i+1, l, err)
		}
		if n, h := c.Head(); n != l.N || h != e.Hash {
			t.Fatalf("head after event %d is %d %s", i+1, n, h)
		}
	}
}

// flips calls f once for every bit pattern tried at every byte of b, restoring b.
func flips(b []byte, f func(at int)) {
	for i := range b {
		for _, mask := range []byte{0x01, 0x20, 0x80, 0xff} {
			b[i] ^= mask
			f(i)
			b[i] ^= mask
		}
	}
}

func TestEveryFlippedByteIsFound(t *testing.T) {
	es := fiveEvents(t)
	tried := 0
	for k := range es {
		e, n := &es[k], int64(k+1)
		for part, b := range map[string][]byte{
			"leaf": e.Leaf, "hash": e.Hash[:], "payload": e.Payload, "salt": e.Salt[:],
		} {
			flips(b, func(at int) {
				tried++
				wantBroken(t, fmt.Sprintf("%s of event %d, byte %d", part, n, at), es, n)
			})
		}
	}
	if _, err := verify(es); err != nil || tried < 5*4*300 {
		t.Fatalf("after %d flips, all undone: %v", tried, err)
	}
}

// TestForgedHashIsFound flips leaf bytes and mends the stored hash: the event
// itself breaks, or the next one does, or (last event) the head differs.
func TestForgedHashIsFound(t *testing.T) {
	es := fiveEvents(t)
	_, head := must(verify(es)).Head()
	var here, next, last int
	for k := range es {
		e := &es[k]
		kept := e.Hash
		flips(e.Leaf, func(at int) {
			e.Hash = LeafHash(e.Leaf)
			c, err := verify(es)
			_, h := c.Head()
			var b *Broken
			switch errors.As(err, &b); {
			case b == nil && k == len(es)-1 && h != head:
				last++
			case b != nil && b.N == int64(k+1):
				here++
			case b != nil && b.N == int64(k+2):
				next++
			default:
				t.Fatalf("event %d, byte %d: %v", k+1, at, err)
			}
		})
		e.Hash = kept
	}
	if here == 0 || next == 0 || last == 0 {
		t.Errorf("a way of finding was not tried: here %d, next %d, last %d", here, next, last)
	}
}

func must(c *Chain, err error) *Chain {
	if err != nil {
		panic(err)
	}
	return c
}

func TestCutOrLongerPartsAreFound(t *testing.T) {
	for k := range 5 {
		for part, change := range map[string]func(*Entry){
			"leaf gone":      func(e *Entry) { e.Leaf = nil },
			"leaf cut":       func(e *Entry) { e.Leaf = e.Leaf[:len(e.Leaf)-1] },
			"payload longer": func(e *Entry) { e.Payload = append(bytes.Clone(e.Payload), 0) },
			"salt gone":      func(e *Entry) { e.Salt, e.Payload = [32]byte{}, []byte("x") },
			"unsalted": func(e *Entry) {
				e.Salt, e.Payload = [32]byte{}, []byte("x")
				l, _ := ParseLeaf(e.Leaf)
				l.PC = Commit(e.Salt, e.Payload)
				e.Leaf = l.Bytes()
				e.Hash = LeafHash(e.Leaf)
			},
		} {
			es := fiveEvents(t)
			change(&es[k])
			wantBroken(t, part, es, int64(k+1))
		}
	}
	es := fiveEvents(t)
	es[1].Payload = nil
	wantBroken(t, "payload gone, salt kept", es, 2)
}

func TestOrderIsFound(t *testing.T) {
	es := fiveEvents(t)
	for k := range es {
		n := int64(k + 1)
		wantBroken(t, "repeated", slices.Insert(slices.Clone(es), k, es[k]), n+1)
		if k == len(es)-1 {
			continue // a missing tail is the head's to tell, see below
		}
		wantBroken(t, "missing", slices.Delete(slices.Clone(es), k, k+1), n)
		swapped := slices.Clone(es)
		swapped[k], swapped[k+1] = swapped[k+1], swapped[k]
		wantBroken(t, "swapped", swapped, n)
		payloads := slices.Clone(es)
		a, b := &payloads[k], &payloads[k+1]
		a.Payload, a.Salt, b.Payload, b.Salt = b.Payload, b.Salt, a.Payload, a.Salt
		wantBroken(t, "payloads swapped", payloads, n)
	}
	if n, h := must(verify(es[:4])).Head(); n != 4 || h != es[3].Hash {
		t.Errorf("a cut tail does not show in the head: %d %s", n, h)
	}
}

func TestForeignEventsAreFound(t *testing.T) {
	es := fiveEvents(t)
	county := sealed(t, "420684", testCase, 5)
	other := sealed(t, testCounty, "01HV6Z9K3M4N5P6Q7R8S9T0V1X", 5)
	for k := range es {
		for what, from := range map[string][]Entry{"county": county, "case": other} {
			mixed := slices.Clone(es)
			mixed[k] = from[k]
			wantBroken(t, "event of another "+what, mixed, int64(k+1))
		}
	}
}

func TestBrokenIsFinal(t *testing.T) {
	es := fiveEvents(t)
	c, first := verify([]Entry{es[0], es[2]})
	if first == nil {
		t.Fatal("a missing event holds")
	}
	if l, err := c.Add(es[1]); err != first || l != (Leaf{}) {
		t.Errorf("after %v: %+v, %v", first, l, err)
	}
}

func TestErased(t *testing.T) {
	es := fiveEvents(t)
	for k := range es {
		if es[k].Erased() {
			t.Fatalf("event %d is erased before it is", k+1)
		}
		es[k].Payload, es[k].Salt = nil, [32]byte{}
		if !es[k].Erased() {
			t.Fatalf("event %d is not erased", k+1)
		}
		if _, err := verify(es); err != nil {
			t.Fatalf("event %d erased: %v", k+1, err)
		}
	}
	flips(es[2].Leaf, func(at int) { wantBroken(t, "leaf of an erased event", es, 3) })
	flips(es[2].Salt[:], func(at int) { wantBroken(t, "salt of an erased event", es, 3) })
}

func BenchmarkSeal(b *testing.B) {
	l, payload, salt := golden()
	payload = bytes.Repeat(payload, 10)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Seal(l, payload, salt); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAdd(b *testing.B) {
	es := sealed(b, testCounty, testCase, 1000)
	b.ReportAllocs()
	c, i := NewChain(testCounty, testCase), 0
	for b.Loop() {
		if i == len(es) {
			c, i = NewChain(testCounty, testCase), 0
		}
		if _, err := c.Add(es[i]); err != nil {
			b.Fatal(err)
		}
		i++
	}
}
