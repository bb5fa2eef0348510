package sampling

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Unreadable says where a file stops being a bundle. Whether the draw of its
// quarter holds cannot be told from it.
type Unreadable struct {
	Byte  int64  // offset of what is wrong, from 0
	Where string // member and element, "filings[3]"; "" outside all
	Why   string // in one clause
	Err   error  // of the reader; io.ErrUnexpectedEOF if the file is cut off
}

// Error names place and reason, and says what to do.
func (u *Unreadable) Error() string {
	where := ""
	if u.Where != "" {
		where = ", in " + u.Where
	}
	return fmt.Sprintf("sampling: not a bundle: byte %d%s: %s; get the file anew from whoever published it", u.Byte, where, u.Why)
}

// Unwrap is the error of the reader.
func (u *Unreadable) Unwrap() error { return u.Err }

const (
	maxFile = 512 << 20 // bytes; a full quarter takes about 150 million
	maxText = 1 << 20   // bytes of one string
	maxList = 4_000_000 // elements of one array, and cases in all filings
)

// scanner reads the JSON of a bundle, and nothing that JSON leaves open: every
// member known, there and once. After the first error it reads nothing and gives
// zero values.
type scanner struct {
	in    *bufio.Reader
	limit int64 // bytes of the file
	at    int64 // bytes read
	token int64 // where the last token began
	where string
	index int // in the array that where names; -1 if it names none
	err   error
	store strings.Builder // of texts that are kept, see keep
	spare []string        // for the cases of filings to come
	cases int             // of the filings so far
}

func newScanner(r io.Reader, limit int64) *scanner {
	return &scanner{in: bufio.NewReaderSize(r, maxText), limit: limit, index: -1}
}

func (s *scanner) fail(form string, args ...any) {
	if s.err == nil {
		s.err = &Unreadable{Byte: s.token, Where: s.place(), Why: fmt.Sprintf(form, args...)}
	}
}

// place is the member or element being read.
func (s *scanner) place() string {
	if s.index < 0 {
		return s.where
	}
	return fmt.Sprintf("%s[%d]", s.where, s.index)
}

// stop is the end of what can be read.
func (s *scanner) stop(err error) {
	s.token = s.at
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
		s.fail("the file ends too early: it was cut off")
	} else {
		s.fail("%v", err)
	}
	if u, ok := s.err.(*Unreadable); ok && u.Err == nil {
		u.Err = err
	}
}

// next is the first byte of the next token, 0 where there is none.
func (s *scanner) next() byte {
	for s.err == nil {
		c, err := s.in.ReadByte()
		if err != nil {
			s.stop(err)
			return 0
		}
		s.token = s.at
		s.advance(1)
		if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			return c
		}
	}
	return 0
}

// advance counts bytes that were read.
func (s *scanner) advance(n int) {
	if s.at += int64(n); s.at > s.limit {
		s.fail("the file is larger than %d bytes", s.limit)
	}
}

// want takes a byte that has to come next.
func (s *scanner) want(c byte) {
	if got := s.next(); got != c {
		s.fail("%q stands where %q belongs", got, c)
	}
}

// until takes a comma or the closing byte and says whether it was the comma.
func (s *scanner) until(closing byte) bool {
	got := s.next()
	if got != ',' && got != closing {
		s.fail("%q stands where a comma or %q belongs", got, closing)
	}
	return got == ','
}

// empty takes the closing byte if it comes at once.
func (s *scanner) empty(closing byte) bool {
	if s.next() == closing {
		return true
	}
	if s.err == nil {
		_ = s.in.UnreadByte() // the byte that was read last
		s.at--
	}
	return s.err != nil
}

// end refuses whatever follows the object.
func (s *scanner) end() {
	for s.err == nil {
		c, err := s.in.ReadByte()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			s.stop(err)
		} else if s.token = s.at; !strings.ContainsRune(" \n\r\t", rune(c)) {
			s.fail("something follows the end of the bundle")
		}
		s.advance(1)
	}
}

// each reads an object, the value of each member by read.
func (s *scanner) each(read func(name string)) {
	s.want('{')
	if s.empty('}') {
		return
	}
	seen := map[string]bool{}
	for more := true; more && s.err == nil; more = s.until('}') {
		name := string(s.str())
		if seen[name] {
			s.fail("member %q is there twice", name)
		}
		seen[name] = true
		s.want(':')
		read(name)
	}
}

// member is one of the members an object has.
type member struct {
	name string
	read func()
	may  bool // be missing
}

// object reads an object of these members, in any order.
func (s *scanner) object(members ...member) {
	seen := map[string]bool{}
	s.each(func(name string) {
		seen[name] = true
		for _, m := range members {
			if m.name == name {
				s.inside(name, m.read)
				return
			}
		}
		s.fail("there is no member %q here", name)
	})
	for _, m := range members {
		if !seen[m.name] && !m.may {
			s.fail("member %q is missing", m.name)
		}
	}
}

// inside reads a member and knows where it is meanwhile.
func (s *scanner) inside(name string, read func()) {
	where, index := s.where, s.index
	s.where, s.index = strings.TrimPrefix(s.place()+"."+name, "."), -1
	read()
	s.where, s.index = where, index
}

// array reads an array, each element by read.
func (s *scanner) array(read func()) {
	s.want('[')
	if s.empty(']') {
		return
	}
	s.index = 0
	for more := true; more && s.err == nil; more = s.until(']') {
		if s.index >= maxList {
			s.fail("there are more than %d elements", maxList)
		}
		read()
		s.index++
	}
	s.index = -1
}

// gather reads an array that may be long: it is copied once, not each time that
// a slice grows.
func gather[T any](s *scanner, read func() T) (out []T) {
	const size = 1 << 13
	var parts [][]T
	s.array(func() {
		if len(out) == size {
			parts, out = append(parts, out), make([]T, 0, size)
		}
		out = append(out, read())
	})
	if len(parts) == 0 {
		return out
	}
	return slices.Concat(append(parts, out)...)
}

// str reads a string. It stays good until the next read.
func (s *scanner) str() []byte {
	s.want('"')
	if s.err != nil {
		return nil
	}
	b, err := s.in.ReadSlice('"')
	s.advance(len(b))
	if err == nil && bytes.IndexByte(b, '\\') < 0 {
		return b[:len(b)-1]
	}
	return s.escaped(append([]byte{'"'}, b...), err)
}

// keep makes a string of bytes that do not last, many of them out of one piece of
// memory: what is written to a Builder stays where it is.
func (s *scanner) keep(b []byte) string {
	if s.store.Cap()-s.store.Len() < len(b) {
		s.store.Reset()
		s.store.Grow(max(len(b), 1<<16))
	}
	at := s.store.Len()
	s.store.Write(b)
	return s.store.String()[at:]
}

// escaped reads on in a string with backslashes, of which we write none.
func (s *scanner) escaped(b []byte, err error) []byte {
	for err == nil && len(b) <= maxText && (len(b)-len(bytes.TrimRight(b[:len(b)-1], `\`)))%2 == 0 {
		var more []byte
		more, err = s.in.ReadSlice('"')
		s.advance(len(more))
		b = append(b, more...)
	}
	var text string
	switch {
	case errors.Is(err, bufio.ErrBufferFull) || len(b) > maxText:
		s.fail("a string is longer than %d bytes", maxText)
	case err != nil:
		s.stop(err)
	case json.Unmarshal(b, &text) != nil:
		s.fail("a string is not one of JSON")
	}
	return []byte(text)
}
