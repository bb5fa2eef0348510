package register

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"jinchu/calendar"
)

func keys(t *testing.T, first byte) *Keys {
	t.Helper()
	k, err := NewKeys(append([]byte{first}, make([]byte, MasterLen-1)...))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func nonce(n byte) []byte { return bytes.Repeat([]byte{n}, NonceLen) }

var madeUp = number("001")

func TestSealOpens(t *testing.T) {
	k := keys(t, 1)
	sealed := k.Seal("420683", "p-1", madeUp, nonce(7))
	if sealed[0] != 1 || bytes.Contains(sealed, []byte(madeUp.Reveal()[4:12])) {
		t.Fatalf("sealed as %x", sealed)
	}
	got, err := k.Open("420683", "p-1", sealed)
	if err != nil || got != madeUp {
		t.Fatalf("opened: %v, %v", got == madeUp, err)
	}
}

func TestSealDoesNotOpenElsewhere(t *testing.T) {
	k := keys(t, 1)
	sealed := k.Seal("420683", "p-1", madeUp, nonce(7))
	for name, open := range map[string]func() (IDNumber, error){
		"another person": func() (IDNumber, error) { return k.Open("420683", "p-2", sealed) },
		"another county": func() (IDNumber, error) { return k.Open("420684", "p-1", sealed) },
		"moved border":   func() (IDNumber, error) { return k.Open("420683|p", "-1", sealed) },
		"another key":    func() (IDNumber, error) { return keys(t, 2).Open("420683", "p-1", sealed) },
		"nothing":        func() (IDNumber, error) { return k.Open("420683", "p-1", nil) },
		"only a version": func() (IDNumber, error) { return k.Open("420683", "p-1", []byte{1}) },
		"a shorter text": func() (IDNumber, error) {
			return k.Open("420683", "p-1", k.Seal("420683", "p-1", IDNumber{}, nonce(8)))
		},
	} {
		if n, err := open(); !errors.Is(err, ErrSeal) || n != (IDNumber{}) {
			t.Errorf("%s: %q, %v", name, n, err)
		}
	}
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1
		if _, err := k.Open("420683", "p-1", bad); !errors.Is(err, ErrSeal) {
			t.Errorf("byte %d changed: %v", i, err)
		}
	}
	for n := range sealed {
		if _, err := k.Open("420683", "p-1", sealed[:n]); !errors.Is(err, ErrSeal) {
			t.Errorf("cut to %d bytes: %v", n, err)
		}
	}
}

func TestHashFinds(t *testing.T) {
	k := keys(t, 1)
	h := k.Hash("420683", madeUp)
	if len(h) != 64 || h != keys(t, 1).Hash("420683", madeUp) {
		t.Errorf("hash %s is not stable", h)
	}
	other := number("002")
	for name, g := range map[string]string{
		"another number": k.Hash("420683", other),
		"another county": k.Hash("420684", madeUp),
		"another key":    keys(t, 2).Hash("420683", madeUp),
	} {
		if g == h {
			t.Errorf("%s has the same hash", name)
		}
	}
}

func TestNewKeysWantsTheWholeMaster(t *testing.T) {
	for _, n := range []int{0, 16, 31, 33} {
		if _, err := NewKeys(make([]byte, n)); err == nil {
			t.Errorf("%d bytes accepted", n)
		}
	}
}

func TestKeysNeverPrint(t *testing.T) {
	k := keys(t, 1)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		if got := fmt.Sprintf(verb, k); got != "register.Keys" {
			t.Errorf("%s prints %s", verb, got)
		}
	}
}

func TestWithID(t *testing.T) {
	k := keys(t, 1)
	p := &Person{ID: "p-1", Name: "林示例", Standing: Outside}
	q, err := p.WithID(k, "420683", madeUp, nonce(1))
	if err != nil {
		t.Fatal(err)
	}
	if p.IDHash != "" {
		t.Error("the person itself was changed")
	}
	if q.Birth != madeUp.Birth() || q.Sex != "1" || q.IDTail != madeUp.Tail() || q.IDHash != k.Hash("420683", madeUp) {
		t.Errorf("got %+v", q)
	}
	if n, err := k.Open("420683", "p-1", q.IDSealed); err != nil || n != madeUp {
		t.Errorf("sealed for somebody else: %v", err)
	}
	if err := q.Valid(); err != nil {
		t.Error(err)
	}
	if q.MaskedID() != madeUp.String() {
		t.Errorf("masked as %s", q.MaskedID())
	}
	if m := q.Masked(); m.IDSealed != nil || m.IDHash != "" || m.IDTail == "" || q.IDHash == "" {
		t.Errorf("masked: %+v", m)
	}
	for code, bad := range map[string]struct {
		p Person
		n IDNumber
	}{
		"birth-mismatch": {Person{Birth: calendar.MustParse("1999-03-03")}, madeUp},
		"sex-mismatch":   {Person{Sex: "2"}, madeUp},
		"bad-id-number":  {Person{}, IDNumber{}},
	} {
		_, err := bad.p.WithID(k, "420683", bad.n, nonce(1))
		var fault *Fault
		if !errors.As(err, &fault) || fault.Code != code {
			t.Errorf("%s: %v", code, err)
		}
	}
}
