package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// The golden values were computed without this package: the commitment with
// openssl (dgst -mac HMAC) and Python's hmac, the hash with
// printf '\000%s' "$leaf" | sha256sum.
const (
	goldenPayload = `{"step":"S07","note":"谈话"}`
	goldenPC      = "49e3162b26c69fdda4b6b4406dbd183c2bdf5592065d6f8b46a3a1aa3ebd14d9"
	goldenHash    = "1b8ad0e5c409b546372d817b42b3387b6692a6b0de1060b6f94a9a4fe54907d8"
	goldenLeaf    = `{"at":"2026-03-05T01:12:44.123456Z","case":"01HV6Z9K3M4N5P6Q7R8S9T0V1W",` +
		`"county":"420683","kind":"case.step","n":12,"pc":"` + goldenPC + `","prev":"` +
		`aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","rule":"0123456789abcdef",` +
		`"v":1,"who":"org-7f3a"}`
)

func golden() (Leaf, []byte, [32]byte) {
	l := Leaf{
		County: "420683",
		Case:   "01HV6Z9K3M4N5P6Q7R8S9T0V1W",
		Kind:   "case.step",
		N:      12,
		// Nanoseconds are cut, not rounded; the zone is written as UTC.
		At:   time.Date(2026, 3, 5, 9, 12, 44, 123456999, time.FixedZone("CST", 8*3600)),
		Prev: Hash(bytes.Repeat([]byte{0xaa}, 32)),
		Rule: "0123456789abcdef",
		Who:  "org-7f3a",
	}
	return l, []byte(goldenPayload), testSalt(0)
}

// testSalt returns the bytes 1+k, 2+k, ... 32+k.
func testSalt(k byte) (salt [32]byte) {
	for i := range salt {
		salt[i] = byte(i) + 1 + k
	}
	return salt
}

func TestGolden(t *testing.T) {
	e, err := Seal(golden())
	if err != nil {
		t.Fatal(err)
	}
	if string(e.Leaf) != goldenLeaf {
		t.Errorf("leaf\n got %s\nwant %s", e.Leaf, goldenLeaf)
	}
	if e.Hash.String() != goldenHash {
		t.Errorf("hash %s, want %s", e.Hash, goldenHash)
	}
	sum := sha256.Sum256([]byte("\x00" + goldenLeaf))
	if hex.EncodeToString(sum[:]) != goldenHash {
		t.Errorf("the golden hash is not that of the golden bytes: %x", sum)
	}
	if e.Erased() || string(e.Payload) != goldenPayload || e.Salt != testSalt(0) {
		t.Error("payload or salt is not stored as given")
	}
}

// TestCanonical compares with encoding/json, which sorts a map's keys and, for
// the characters that a leaf may hold, writes what RFC 8785 asks for.
func TestCanonical(t *testing.T) {
	l, _, _ := golden()
	l.Who = "<a&b>/'\x7e"
	for _, rule := range []string{"", "0123456789abcdef"} {
		l.Rule = rule
		m := map[string]any{
			"at": "2026-03-05T01:12:44.123456Z", "case": l.Case, "county": l.County, "kind": l.Kind,
			"n": l.N, "pc": l.PC, "prev": l.Prev, "v": 1, "who": l.Who,
		}
		if rule != "" {
			m["rule"] = rule
		}
		var want bytes.Buffer
		enc := json.NewEncoder(&want)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(m); err != nil {
			t.Fatal(err)
		}
		if got := string(l.Bytes()); got != strings.TrimSpace(want.String()) {
			t.Errorf("got  %s\nwant %s", got, want.String())
		}
	}
}

func TestRoundTrip(t *testing.T) {
	base, payload, salt := golden()
	vary := map[string]func(*Leaf){
		"as is":       func(*Leaf) {},
		"first":       func(l *Leaf) { l.N, l.Prev = 1, Hash{} },
		"no rule":     func(l *Leaf) { l.Rule = "" },
		"largest n":   func(l *Leaf) { l.N = 1<<53 - 1 },
		"whole hour":  func(l *Leaf) { l.At = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) },
		"last second": func(l *Leaf) { l.At = time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC) },
		"longest": func(l *Leaf) {
			l.Case, l.County = strings.Repeat("c", 128), strings.Repeat("d", 128)
			l.Kind, l.Who = strings.Repeat("e", 128), strings.Repeat("f", 128)
		},
	}
	for name, change := range vary {
		l := base
		change(&l)
		e, err := Seal(l, payload, salt)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := ParseLeaf(e.Leaf)
		l.PC, l.At = Commit(salt, payload), l.At.UTC().Truncate(time.Microsecond)
		if err != nil || got != l {
			t.Errorf("%s: got %+v, %v\nwant %+v", name, got, err, l)
		}
	}
}

func TestSealRefuses(t *testing.T) {
	base, payload, salt := golden()
	refused := map[string]func(*Leaf){
		"no county":       func(l *Leaf) { l.County = "" },
		"no case":         func(l *Leaf) { l.Case = "" },
		"no kind":         func(l *Leaf) { l.Kind = "" },
		"no actor":        func(l *Leaf) { l.Who = "" },
		"a name":          func(l *Leaf) { l.Who = "张三" },
		"a space":         func(l *Leaf) { l.Who = "Zhang San" },
		"a newline":       func(l *Leaf) { l.Kind = "case\nstep" },
		"a control":       func(l *Leaf) { l.Kind = "case\x00" },
		"delete":          func(l *Leaf) { l.Case = "a\x7f" },
		"a quote":         func(l *Leaf) { l.Who = `x","z":"y` },
		"a backslash":     func(l *Leaf) { l.Who = `x\` },
		"too long":        func(l *Leaf) { l.Case = strings.Repeat("c", 129) },
		"n zero":          func(l *Leaf) { l.N, l.Prev = 0, Hash{} },
		"n negative":      func(l *Leaf) { l.N = -1 },
		"n too large":     func(l *Leaf) { l.N = 1 << 53 },
		"first with prev": func(l *Leaf) { l.N = 1 },
		"second without":  func(l *Leaf) { l.N, l.Prev = 2, Hash{} },
		"short rule":      func(l *Leaf) { l.Rule = "abc" },
		"upper rule":      func(l *Leaf) { l.Rule = "0123456789ABCDEF" },
		"no instant":      func(l *Leaf) { l.At = time.Time{} },
		"year 10000":      func(l *Leaf) { l.At = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"year 0":          func(l *Leaf) { l.At = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC) },
	}
	for name, change := range refused {
		l := base
		change(&l)
		if _, err := Seal(l, payload, salt); err == nil {
			t.Errorf("%s: sealed", name)
		}
		if _, err := ParseLeaf(l.Bytes()); err == nil {
			t.Errorf("%s: parsed", name)
		}
	}
	if _, err := Seal(base, payload, [32]byte{}); err == nil {
		t.Error("zero salt: sealed")
	}
}

func TestParseRefusesOtherForms(t *testing.T) {
	replace := func(from, to string) string {
		s := strings.Replace(goldenLeaf, from, to, 1)
		if s == goldenLeaf {
			t.Fatalf("%q is not in the golden leaf", from)
		}
		return s
	}
	for name, s := range map[string]string{
		"empty":         "",
		"null":          "null",
		"trailing":      goldenLeaf + "\n",
		"doubled":       goldenLeaf + goldenLeaf,
		"space":         replace(`"n":12`, `"n": 12`),
		"escape":        replace("org-7f3a", `\u006frg-7f3a`),
		"plus":          replace(`"n":12`, `"n":+12`),
		"leading zero":  replace(`"n":12`, `"n":012`),
		"float":         replace(`"n":12`, `"n":12.0`),
		"upper hash":    replace("aaaa", "AAAA"),
		"short hash":    replace("aaaa", "aaa"),
		"empty rule":    replace("0123456789abcdef", ""),
		"other version": replace(`"v":1`, `"v":2`),
		"milliseconds":  replace("44.123456Z", "44.123Z"),
		"comma":         replace("44.123456Z", "44,123456Z"),
		"offset":        replace("44.123456Z", "44.123456+00:00"),
		"no such day":   replace("2026-03-05", "2026-02-30"),
		"member more":   replace(`"who"`, `"vv":1,"who"`),
		"member less":   replace(`"county":"420683",`, ""),
		"order":         replace(`"county":"420683","kind":"case.step"`, `"kind":"case.step","county":"420683"`),
	} {
		if l, err := ParseLeaf([]byte(s)); err == nil {
			t.Errorf("%s: parsed as %+v", name, l)
		}
	}
}

func TestHashText(t *testing.T) {
	h := LeafHash([]byte("x"))
	text, err := json.Marshal(h)
	var back Hash
	if err != nil || json.Unmarshal(text, &back) != nil || back != h || string(text) != `"`+h.String()+`"` {
		t.Errorf("%s does not come back: %s, %v", h, back, err)
	}
	for _, bad := range []string{"", "00", strings.ToUpper(goldenHash), goldenHash + "0", goldenHash[:63] + "g"} {
		back = h
		if back.UnmarshalText([]byte(bad)) == nil || back != h {
			t.Errorf("%q: accepted or written", bad)
		}
	}
	if !(Hash{}).IsZero() || h.IsZero() {
		t.Error("IsZero is wrong")
	}
}

// TestLeafHashLong passes the size that the stack holds.
func TestLeafHashLong(t *testing.T) {
	for n := range 3 * usualLeaf {
		b := bytes.Repeat([]byte{'x'}, n)
		if LeafHash(b) != sha256.Sum256(append([]byte{0}, b...)) {
			t.Fatalf("wrong hash of %d bytes", n)
		}
	}
}

func FuzzParseLeaf(f *testing.F) {
	f.Add([]byte(goldenLeaf))
	f.Add([]byte(strings.Replace(goldenLeaf, `"rule":"0123456789abcdef",`, "", 1)))
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := ParseLeaf(b)
		if err != nil {
			return
		}
		if !bytes.Equal(l.Bytes(), b) {
			t.Fatalf("two forms of one leaf:\n%q\n%q", b, l.Bytes())
		}
		if !json.Valid(b) {
			t.Fatalf("not JSON: %q", b)
		}
		if _, err := Seal(l, nil, testSalt(0)); err != nil {
			t.Fatalf("parsed but not sealed: %v", err)
		}
	})
}
