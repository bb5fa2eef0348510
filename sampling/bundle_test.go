package sampling

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// encode is a bundle as a file.
func encode(t testing.TB, b *Bundle) string {
	t.Helper()
	var out bytes.Buffer
	if err := b.Encode(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func decode(t testing.TB, file string) *Bundle {
	t.Helper()
	b, err := DecodeBundle(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func dated(t testing.TB) *Bundle {
	b := bundle(t)
	b.Opening.Dates, b.Opening.LeadDays = []string{"2026-01-31", "2026-03-31"}, 2
	b.Stated = b.Digest()
	return &b
}

func TestBundleSurvivesTheFile(t *testing.T) {
	b := dated(t)
	file := encode(t, b)
	for name, r := range map[string]io.Reader{"whole": strings.NewReader(file), "byte by byte": iotest.OneByteReader(strings.NewReader(file))} {
		got, err := DecodeBundle(r)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, b) {
			t.Errorf("%s: read as %+v instead of %+v", name, got, b)
		}
		if faults := Verify(*got); len(faults) > 0 {
			t.Errorf("%s: %v", name, faults)
		}
	}
}

// So it is with quarters of any kind.
func TestBundlesOfAnyKind(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for range 50 {
		b := closed(t, opening(3, "t01", "t02"), population(r, []string{"t01", "t02"}, 3))
		b.Stated = b.Digest()
		got := decode(t, encode(t, b))
		if faults := Verify(*got); len(faults) > 0 || got.Digest() != b.Stated {
			t.Fatal(faults)
		}
		for i := range b.Filings {
			b.Filings[i].Cases = b.Filings[i].sorted()
		}
		if !reflect.DeepEqual(got, b) {
			t.Fatal("read as another bundle")
		}
	}
}

// The digest is what `head -n -1 | sha256sum` says of the file.
func TestDigestIsThatOfTheFile(t *testing.T) {
	b := dated(t)
	file := encode(t, b)
	lines := strings.SplitAfter(strings.TrimSuffix(file, "\n"), "\n")
	last := lines[len(lines)-1]
	if want := Hash(sha256.Sum256([]byte(strings.TrimSuffix(file, last+"\n")))); b.Digest() != want || last != `"digest":"`+want.String()+`"}` {
		t.Errorf("digest %s, last line %s", b.Digest(), last)
	}
}

// However the file is ordered and spaced, it is the same bundle.
func TestSpellingNeverMatters(t *testing.T) {
	b := dated(t)
	want := encode(t, b)
	r := rand.New(rand.NewPCG(9, 10))
	r.Shuffle(len(b.Filings), func(i, j int) { b.Filings[i], b.Filings[j] = b.Filings[j], b.Filings[i] })
	slices.Reverse(b.Lines)
	slices.Reverse(b.Results)
	if encode(t, b) != want || b.Digest() != decode(t, want).Digest() {
		t.Error("the order of the lists changes the file")
	}
	respelt := strings.NewReplacer(",\n", " ,\t", ":", " : ", "000001 t01", `000001\u0020t\u00301`, "420683/2026Q1", `420683\/2026Q1`).Replace(want) + "\r\n "
	if got := decode(t, respelt); encode(t, got) != want || got.Stated != b.Stated {
		t.Errorf("respelt: %s", encode(t, got))
	}
	first, rest, _ := strings.Cut(want, ",\n")
	if got := decode(t, "{"+strings.TrimSuffix(rest, "}\n")+","+strings.TrimPrefix(first, "{")+"}"); encode(t, got) != want {
		t.Error("the format may not stand last")
	}
}

// Somebody changes the file, and states a digest that fits or leaves the old
// one: each change is found and named.
func TestTamperedFiles(t *testing.T) {
	replace := func(old, new string) func(string) string {
		return func(file string) string { return strings.Replace(file, old, new, 1) }
	}
	swap := func(a, b string) func(string) string {
		return func(file string) string { return strings.NewReplacer(a, b, b, a).Replace(file) }
	}
	org, other := keys()["org"], Key{1}
	hex := func(k Key) string { return Hash(k).String() }
	const digestAlone = "digest: it is not"
	for name, c := range map[string]struct {
		change func(string) string
		want   string
	}{
		"drop a filing":        {replace("\"000003 t01 b003 1 000000 - c3\",\n", ""), "frame: sampling: filing 10: its number is not 1 to 9"},
		"drop the last filing": {replace(",\n\"000010 t01 b010 2 000000 - c10\"", ""), "frame of point 2: the digest"},
		"renumber":             {swap("000003 t01 b003", "000004 t01 b004"), "frame of point 1: the digest"},
		"a number twice":       {replace("000003 t01 b003", "000004 t01 b003"), "filing 4: its number is there twice"},
		"change a weight":      {replace(`"attend","weight":5`, `"attend","weight":1`), "line of filing 1: it is not the line that was drawn: method"},
		"change the quota":     {replace(`"quota":"3/10"`, `"quota":"9/10"`), "selection of point 2: the digest"},
		"change the seed":      {replace(hex(org), hex(other)), "key of org: it is not the one committed to"},
		"drop a line":          {replace("\"000001 000001 t01 online attend "+lot(1)+"\",\n", ""), "line of filing 1: it was drawn and is missing"},
		"move a result":        {swap("000001 c1 kc1", "000005 c5 kc5"), digestAlone},
		"swap two results":     {swap("kc1 passed attend", "kc5 failed visit"), "result of filing 1: case c1: it was checked by visit, drawn was attend"},
		"turn a result":        {swap("kc1 passed", "kc5 failed"), digestAlone},
		"a result elsewhere":   {replace("000001 c1 kc1", "000002 c2 kc1"), "result of filing 1: case c1: it was drawn and has no result"},
		"change a date":        {replace(`"2026-01-31"`, `"2026-01-30"`), digestAlone},
		"state a digest":       {replace(`"digest":"`, `"digest":"0000`), digestAlone},
	} {
		file := encode(t, dated(t))
		changed := c.change(file)
		if name == "state a digest" {
			changed = changed[:len(changed)-len("0000\"}\n")] + "\"}\n"
		}
		if changed == file {
			t.Fatalf("%s: nothing changed", name)
		}
		b := decode(t, changed)
		found := named(Verify(*b))
		if !strings.Contains(found, c.want) || !strings.Contains(found, digestAlone) {
			t.Errorf("%s: instead of %q: %s", name, c.want, found)
		}
		b.Stated = b.Digest()
		if found := named(Verify(*b)); c.want != digestAlone && !strings.Contains(found, c.want) {
			t.Errorf("%s, digest fitted: instead of %q: %s", name, c.want, found)
		}
		if b.Digest() == dated(t).Digest() && name != "state a digest" {
			t.Errorf("%s: the digest is that of the bundle that was published", name)
		}
	}
}

// lot is the ticket of a filing in hex.
func lot(n int) string {
	lot, _ := keys().Lots(q)(n)
	return lot.Ticket.String()
}

func named(faults []Fault) string {
	var out []string
	for _, f := range faults {
		out = append(out, f.String())
	}
	return strings.Join(out, "\n")
}

func TestCutOffFiles(t *testing.T) {
	file := strings.TrimSuffix(encode(t, dated(t)), "\n")
	for n := range len(file) {
		_, err := DecodeBundle(strings.NewReader(file[:n]))
		var where *Unreadable
		if !errors.As(err, &where) || !errors.Is(err, io.ErrUnexpectedEOF) || where.Byte > int64(n) {
			t.Fatalf("cut off after %d bytes: %v", n, err)
		}
	}
	broken := errors.New("broken pipe")
	if _, err := DecodeBundle(io.MultiReader(strings.NewReader(file[:900]), iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("the reader's error is lost: %v", err)
	}
}

func TestUnreadableFiles(t *testing.T) {
	file := encode(t, dated(t))
	stated := dated(t).Stated.String()
	for _, c := range []struct{ old, new, want string }{
		{"{", "[", "byte 0: '[' stands where '{' belongs"},
		{stated + `"}`, stated + `"}{}`, "something follows the end"},
		{`"spotcheck/v1/bundle"`, `"spotcheck/v2/bundle"`, `in format: the format is "spotcheck/v2/bundle"`},
		{`"keys"`, `"kyes"`, `there is no member "kyes"`},
		{`"points":2`, `"points":2,"points":2`, `in opening: member "points" is there twice`},
		{`"points":2`, `"points":2,"mood":1`, `in opening: there is no member "mood"`},
		{`,` + "\n" + `"points":2`, ``, `in opening: member "points" is missing`},
		{`"points":2`, `"points":02`, "is not a whole number"},
		{`"points":2`, `"points":-2`, `in opening.points: "-2" is not a number`},
		{`"points":2`, `"points":2.0`, `'.' stands where a comma or '}' belongs`},
		{`"points":2`, `"points":20000000000000000000`, "is not a number"},
		{`"points":2`, `"points":"2"`, "is not a number"},
		{`"points":2`, `"points":null`, "is not a number"},
		{`"weight":5`, `"weight":1000001`, "in opening.methods[0].weight: \"1000001\" is not a whole number up to 1000000"},
		{`"quota":"3/10"`, `"quota":0.3`, `in opening.quota: '0' stands where '"' belongs`},
		{`"quota":"3/10"`, `"quota":"0.3"`, "a ratio is written like 3/10"},
		{`"party":"org"`, `"party":"组织部"`, "in opening.commitments[0].party: "},
		{`"org":"`, `"dic":"`, `in keys: member "dic" is there twice`},
		{`"000003 t01`, `"3 t01`, `in filings[2]: "3" is not a number of six digits`},
		{`b003 1 000000 - c3`, `b003 1 000000 c3`, "in filings[2]: it has 6 fields instead of 7"},
		{`b003 1 000000 - c3`, `b003 1 000000 - c3 c4`, "it has more than 7 fields"},
		{`b003 1 000000 - c3`, `b003 1 000000 - c3,`, `in filings[2]: "" is not a name`},
		{`b003 1 000000 - c3`, `b003 1 000000 - c\"3`, "is not a name"},
		{`b003 1 000000 - c3`, "b003 1 000000 - c3\n", "is not a name"},
		{`b003 1 000000 - c3`, `b003 1 000000 - c\x`, "a string is not one of JSON"},
		{`"000003 t01 b003 1 000000 - c3"`, `3`, `in filings[2]: '3' stands where '"' belongs`},
		{`attend - 2026`, `attend yes 2026`, `"yes" is neither "overridden" nor "-"`},
		{`"digest":"`, `"digest":"A`, "characters are not 64 lower-case hex digits"},
		{`"records":[`, `"records":[{},`, `in records[0]: member "frame" is missing`},
		{`"results":[`, `"results":[,`, `in results[0]: ',' stands where '"' belongs`},
		{`"results":[`, `"results":[]]`, `']' stands where a comma or '}' belongs`},
		{`"000003 t01`, `"000003 ` + strings.Repeat("x", maxText), "in filings[2]: a string is longer than"},
		{`"000003 t01`, `"000003 \u0020` + strings.Repeat("x", maxText), "in filings[2]: a string is longer than"},
	} {
		changed := strings.Replace(file, c.old, c.new, 1)
		if changed == file {
			t.Fatalf("nothing changed by %q", c.new)
		}
		_, err := DecodeBundle(strings.NewReader(changed))
		var where *Unreadable
		if !errors.As(err, &where) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "get the file anew") {
			t.Errorf("%s: instead of %q: %v", c.new[:min(len(c.new), 40)], c.want, err)
		}
	}
	zero := strings.Replace(file, stated, Hash{}.String(), 1)
	if _, err := DecodeBundle(strings.NewReader(zero)); err == nil || !strings.Contains(err.Error(), "all zeros") {
		t.Errorf("no digest: %v", err)
	}
	if _, err := decodeBundle(blanks{}, 1<<20); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("a file without end: %v", err)
	}
}

// blanks never end.
type blanks struct{}

func (blanks) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// What could not be read back is not written.
func TestBundlesThatAreNotWritten(t *testing.T) {
	for want, change := range map[string]func(*Bundle){
		`filing 3: "b 3"`:   func(b *Bundle) { b.Filings[2].Branch = "b 3" },
		`filing 3: "-"`:     func(b *Bundle) { b.Filings[2].Stratum = "-" },
		`filing 3: ""`:      func(b *Bundle) { b.Filings[2].Cases = nil },
		"filing 1000000":    func(b *Bundle) { b.Filings[2].N = 1_000_000 },
		"line 1: -1":        func(b *Bundle) { b.Lines[0].Draw = -1 },
		`result 1: "a\"b"`:  func(b *Bundle) { b.Results[0].Check = `a"b` },
		`opening 0: ""`:     func(b *Bundle) { b.Opening.Algorithm = "" },
		"method 4: -5":      func(b *Bundle) { b.Opening.TopUpMethods[0].Weight = -5 },
		`keys 0: "a,b"`:     func(b *Bundle) { b.Keys = Keys{"a,b": {}} },
		`date 1: "one day"`: func(b *Bundle) { b.Opening.Dates = []string{"one day"} },
		`commitment 1: "党"`: func(b *Bundle) { b.Opening.Commitments[0].Party = "党" },
	} {
		b := bundle(t)
		change(&b)
		if err := b.Encode(io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("instead of %q: %v", want, err)
		}
	}
	full := errors.New("disk full")
	b := bundle(t)
	if err := b.Encode(writer{full}); !errors.Is(err, full) {
		t.Errorf("the writer's error is lost: %v", err)
	}
}

type writer struct{ err error }

func (w writer) Write([]byte) (int, error) { return 0, w.err }

// Whatever can be read is written as the same bundle.
func FuzzDecodeBundle(f *testing.F) {
	file := encode(f, dated(f))
	f.Add([]byte(file))
	f.Add([]byte(file[:len(file)/2]))
	f.Add([]byte(strings.Replace(file, "000003 t01", `000003\u0020t01`, 1)))
	f.Add([]byte(strings.ReplaceAll(file, "\n", "")))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := DecodeBundle(bytes.NewReader(data))
		if err != nil {
			var where *Unreadable
			if !errors.As(err, &where) || where.Byte > int64(len(data)) {
				t.Fatal(err)
			}
			return
		}
		_ = Verify(*b) // does not panic
		again := decode(t, encode(t, b))
		if again.Stated != b.Digest() || encode(t, again) != encode(t, b) {
			t.Fatalf("read again as another bundle: %s", encode(t, again))
		}
	})
}
