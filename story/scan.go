package story

import (
	"fmt"
	"strings"
	"unicode"
)

// Pos is a place in a story. Columns count characters from 1.
type Pos struct {
	File string
	Line int
	Col  int
}

func (p Pos) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col) }

// Error is something wrong with the text of a story.
type Error struct {
	Pos Pos
	Msg string
}

func (e *Error) Error() string { return e.Pos.String() + ": " + e.Msg }

// token is one word of a line. Of KEY=VALUE, key and value are apart; a value
// or a word in quotes may hold blanks.
type token struct {
	pos   Pos
	text  string // as written, quotes removed
	key   string // "" where the word holds no '='
	value string
	bare  bool // nothing in it was quoted
}

// scan cuts a line into words.
func scan(line string, at Pos) ([]token, error) {
	rs := []rune(line)
	var out []token
	for i := 0; i < len(rs); {
		switch {
		case unicode.IsSpace(rs[i]) || rs[i] == '\ufeff':
			i++
			continue
		case rs[i] == '#':
			return out, nil
		}
		at.Col = i + 1
		t, next, err := word(rs, i, at)
		if err != nil {
			return nil, err
		}
		out, i = append(out, t), next
	}
	return out, nil
}

// word reads one word from i on and returns where it ended.
func word(rs []rune, i int, at Pos) (token, int, error) {
	t := token{pos: at, bare: true}
	var b strings.Builder
	equals, quoted := -1, false
	for ; i < len(rs) && (quoted || !unicode.IsSpace(rs[i])); i++ {
		switch r := rs[i]; {
		case r == '"':
			quoted, t.bare = !quoted, false
		case r == '\\' && quoted && i+1 < len(rs):
			i++
			b.WriteRune(rs[i])
		default:
			if r == '=' && !quoted && equals < 0 && b.Len() > 0 && t.bare {
				equals = b.Len()
			}
			b.WriteRune(r)
		}
	}
	if quoted {
		return t, i, &Error{at, `a quote is not closed: write "..." on one line`}
	}
	t.text = b.String()
	if equals > 0 {
		t.key, t.value = t.text[:equals], t.text[equals+1:]
	}
	return t, i, nil
}
