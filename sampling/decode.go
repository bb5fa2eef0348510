package sampling

import (
	"io"
	"strings"
)

// DecodeBundle reads a bundle as [Bundle.Encode] writes it: one JSON object, its
// members in any order and spacing, none missing, unknown or twice, nothing
// behind it. Whatever is wrong is an [Unreadable]. It reads what is spelt well;
// whether it holds is for [Verify]. It takes memory in proportion to the file
// and refuses one of more than 512 MiB.
func DecodeBundle(r io.Reader) (*Bundle, error) { return decodeBundle(r, maxFile) }

func decodeBundle(r io.Reader, limit int64) (*Bundle, error) {
	s, b := newScanner(r, limit), &Bundle{Keys: Keys{}}
	s.object(
		member{name: "format", read: s.format},
		member{name: "opening", read: func() { s.opening(&b.Opening) }},
		member{name: "keys", read: func() { s.keys(b.Keys) }},
		member{name: "filings", read: func() { b.Filings = gather(s, s.filing) }},
		member{name: "records", read: func() { b.Records = gather(s, s.record) }},
		member{name: "lines", read: func() { b.Lines = gather(s, s.line) }},
		member{name: "results", read: func() { b.Results = gather(s, s.result) }},
		member{name: "digest", read: func() { b.Stated = s.hash() }},
	)
	s.end()
	if s.err != nil {
		return nil, s.err
	}
	if b.Stated == (Hash{}) {
		s.fail("the digest is all zeros")
	}
	return b, s.err
}

func (s *scanner) format() {
	if f := s.name(string(s.str())); f != BundleFormat {
		s.fail("the format is %q and not %s, which this program reads", f, BundleFormat)
	}
}

func (s *scanner) opening(o *Opening) {
	s.object(
		member{name: "algorithm", read: func() { o.Algorithm = s.text() }},
		member{name: "quarter", read: func() { o.Quarter = Quarter(s.text()) }},
		member{name: "quota", read: func() { o.Quota = s.ratio() }},
		member{name: "online", read: func() { o.Online = s.ratio() }},
		member{name: "commitments", read: func() { o.Commitments = gather(s, s.commitment) }},
		member{name: "strata", read: func() { o.Strata = gather(s, s.text) }},
		member{name: "methods", read: func() { o.Methods = gather(s, s.weight) }},
		member{name: "topup_methods", read: func() { o.TopUpMethods = gather(s, s.weight) }},
		member{name: "points", read: func() { o.Points = s.integer() }},
		member{name: "dates", read: func() { o.Dates = gather(s, s.text) }, may: true},
		member{name: "lead_days", read: func() { o.LeadDays = s.integer() }, may: true},
	)
}

func (s *scanner) commitment() (c Commitment) {
	s.object(
		member{name: "party", read: func() { c.Party = s.text() }},
		member{name: "commitment", read: func() { c.Hash = s.hash() }},
	)
	return c
}

func (s *scanner) weight() (w Weight) {
	s.object(
		member{name: "method", read: func() { w.Method = s.text() }},
		member{name: "weight", read: func() { w.Weight = s.integer() }},
	)
	return w
}

func (s *scanner) keys(keys Keys) {
	s.each(func(party string) { keys[s.name(party)] = Key(s.hash()) })
}

func (s *scanner) record() (r Record) {
	s.object(
		member{name: "frame", read: func() { r.Frame = s.hash() }},
		member{name: "selection", read: func() { r.Selection = s.hash() }},
	)
	return r
}

func (s *scanner) filing() Filing {
	var f [7]string
	s.fields(f[:])
	return Filing{N: s.number(f[0]), Stratum: s.name(f[1]), Branch: s.name(f[2]), Point: s.whole(f[3]), Withdrawn: s.number(f[4]),
		Forced: Reason(s.optional(f[5])), Cases: s.agenda(f[6])}
}

func (s *scanner) line() Line {
	var f [6]string
	s.fields(f[:])
	return Line{N: s.number(f[0]), Draw: s.number(f[1]), Stratum: s.name(f[2]), Reason: Reason(s.name(f[3])), Method: s.name(f[4]),
		Ticket: s.parse(f[5])}
}

func (s *scanner) result() Result {
	var f [7]string
	s.fields(f[:])
	if f[5] != overridden && f[5] != none {
		s.fail("%q is neither %q nor %q", f[5], overridden, none)
	}
	return Result{N: s.number(f[0]), Case: s.name(f[1]), Check: s.optional(f[2]), Outcome: Outcome(s.name(f[3])), Method: s.optional(f[4]),
		Overridden: f[5] == overridden, On: s.optional(f[6])}
}

// text reads a string that is a name.
func (s *scanner) text() string { return s.name(string(s.str())) }

func (s *scanner) hash() Hash { return s.parse(string(s.str())) }

// ratio reads "3/10".
func (s *scanner) ratio() Ratio {
	num, den, ok := strings.Cut(string(s.str()), "/")
	if !ok {
		s.fail("a ratio is written like 3/10")
	}
	return Ratio{s.whole(num), s.whole(den)}
}

// integer reads a number of digits alone.
func (s *scanner) integer() int {
	digits := []byte{s.next()}
	for s.err == nil {
		c, err := s.in.ReadByte()
		if err != nil {
			s.stop(err)
			return 0
		}
		if c < '0' || c > '9' {
			_ = s.in.UnreadByte() // the byte that was read last
			break
		}
		s.advance(1)
		if digits = append(digits, c); len(digits) > 7 {
			break
		}
	}
	return s.whole(string(digits))
}

// fields parts a string at its spaces, exactly as many as out has room for.
func (s *scanner) fields(out []string) {
	rest, last := s.keep(s.str()), len(out)-1
	for i := range out[:last] {
		at := strings.IndexByte(rest, ' ')
		if at < 0 {
			s.fail("it has %d fields instead of %d", i+1, len(out))
			return
		}
		out[i], rest = rest[:at], rest[at+1:]
	}
	if out[last] = rest; strings.IndexByte(rest, ' ') >= 0 {
		s.fail("it has more than %d fields", len(out))
	}
}

// name wants visible ASCII, see isName.
func (s *scanner) name(text string) string {
	if !isName(text) {
		s.fail("%.40q is not a name", text)
	}
	return text
}

// optional is a name, or the dash for none.
func (s *scanner) optional(text string) string {
	if text == none {
		return ""
	}
	return s.name(text)
}

// number reads the six digits of a filing's number.
func (s *scanner) number(text string) int {
	if len(text) != 6 {
		s.fail("%.40q is not a number of six digits", text)
	}
	return s.digits(text)
}

// whole reads a number up to a million, without zeros in front.
func (s *scanner) whole(text string) int {
	n := s.digits(text)
	if n > most || len(text) > 1 && text[0] == '0' {
		s.fail("%.40q is not a whole number up to %d", text, most)
	}
	return n
}

func (s *scanner) digits(text string) (n int) {
	ok := len(text) >= 1 && len(text) <= 7
	for i := 0; ok && i < len(text); i++ {
		ok = text[i] >= '0' && text[i] <= '9'
		n = 10*n + int(text[i]-'0')
	}
	if !ok {
		s.fail("%.40q is not a number", text)
		return 0
	}
	return n
}

// parse reads 64 lower-case hex digits. The error shows none of them: they may
// be those of a key.
func (s *scanner) parse(text string) (h Hash) {
	if len(text) != 2*len(h) {
		s.fail("%d characters are not 64 lower-case hex digits", len(text))
		return Hash{}
	}
	bad := byte(0)
	for i := range h {
		high, low := nibbles[text[2*i]], nibbles[text[2*i+1]]
		bad |= high | low
		h[i] = high<<4 | low
	}
	if bad > 0xf {
		s.fail("a character is none of the lower-case hex digits")
		return Hash{}
	}
	return h
}

// nibbles are the values of the lower-case hex digits, 0xff for other bytes.
var nibbles = func() (out [256]byte) {
	for i := range out {
		out[i] = 0xff
	}
	for i := range byte(16) {
		out["0123456789abcdef"[i]] = i
	}
	return out
}()

// agenda parts the cases of a filing at their commas.
func (s *scanner) agenda(text string) []string {
	n := strings.Count(text, ",") + 1
	if s.cases += n; s.cases > maxList {
		s.fail("the filings have more than %d cases", maxList)
		return nil
	}
	if len(s.spare) < n {
		s.spare = make([]string, max(n, 4096))
	}
	out := s.spare[:n:n]
	s.spare = s.spare[n:]
	for i := range out {
		at := strings.IndexByte(text, ',')
		if at < 0 {
			at = len(text)
		}
		out[i] = s.name(text[:at])
		text = text[min(at+1, len(text)):]
	}
	return out
}
