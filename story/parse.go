package story

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"jinchu/calendar"
)

// File is a story as read.
type File struct {
	Name  string // as given to [Parse]
	Title string // the first comment
	Lines []Line

	first, last calendar.Date // of the dated lines
	plans       bool          // the story sets the plans itself
	pools       bool          // the story sets the pools itself
	drawn       bool          // spot checks are drawn
}

// Key is the story's name without folders and ending.
func (f *File) Key() string {
	return strings.TrimSuffix(filepath.Base(f.Name), filepath.Ext(f.Name))
}

// Line is one line that does or expects something.
type Line struct {
	Pos  Pos
	Text string
	Day  calendar.Date // zero where the line has no date
	At   time.Time     // the instant of the recording; zero where it has no date

	do statement
}

// statement is what a line does. Its run returns what came out otherwise than
// written as a *mismatch, and any other error ends the run.
type statement interface {
	run(r *runner, l *Line) error
}

// kind says what a name stands for.
type kind string

const (
	aPerson kind = "person"
	anOrg   kind = "organization"
	aCase   kind = "case"
)

// parser reads a story line by line and knows the names declared so far.
type parser struct {
	file  *File
	names map[string]kind
	posts map[string]int // person -> offices declared
	begun bool           // a line other than a setting was read
	line  *Line
	rest  []token
	end   Pos // behind the last word of the line
}

// Parse reads a story. The name is that of the file; errors carry it.
func Parse(name, text string) (*File, error) {
	p := &parser{file: &File{Name: name}, posts: map[string]int{}, names: map[string]kind{"county": anOrg}}
	for _, d := range departments {
		p.names[d.name] = anOrg
	}
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimRight(line, "\r \t")
		if err := p.read(line, Pos{File: name, Line: i + 1}); err != nil {
			return nil, err
		}
	}
	if len(p.file.Lines) == 0 {
		return nil, &Error{Pos{name, 1, 1}, "the story holds no line"}
	}
	return p.file, nil
}

func (p *parser) read(line string, at Pos) error {
	if title, ok := strings.CutPrefix(line, "#"); ok && p.file.Title == "" && len(p.file.Lines) == 0 {
		p.file.Title = strings.TrimSpace(title)
	}
	tokens, err := scan(line, at)
	if err != nil || len(tokens) == 0 {
		return err
	}
	at.Col = len([]rune(line)) + 1
	p.rest, p.end = tokens, at
	p.line = &Line{Pos: tokens[0].pos, Text: strings.TrimSpace(line)}
	if err := p.day(); err != nil {
		return err
	}
	if p.line.do, err = p.statement(); err != nil {
		return err
	}
	if len(p.rest) > 0 {
		return p.errorf("%q is not expected here", p.rest[0].text)
	}
	p.file.Lines = append(p.file.Lines, *p.line)
	return nil
}

// day reads the date at the beginning of a line, if there is one.
func (p *parser) day() error {
	t := p.rest[0]
	if t.text[0] < '0' || t.text[0] > '9' {
		return nil
	}
	day, clock, timed := strings.Cut(t.text, "T")
	on, err := calendar.Parse(day)
	if err != nil {
		return &Error{t.pos, fmt.Sprintf("%q is not a date: write 2026-05-11 or 2026-05-11T09:30", t.text)}
	}
	if !timed {
		clock = "09:00"
	}
	tod, err := time.Parse("15:04", clock)
	if err != nil {
		return &Error{t.pos, fmt.Sprintf("%q is not a time of day: write 2026-05-11T09:30", t.text)}
	}
	p.rest = p.rest[1:]
	p.line.Day = on
	p.line.At = on.Start().Add(time.Duration(tod.Hour())*time.Hour + time.Duration(tod.Minute())*time.Minute)
	if p.file.first.IsZero() {
		p.file.first = on
	}
	p.file.first, p.file.last = calendar.Min(p.file.first, on), calendar.Max(p.file.last, on)
	return nil
}

// statement reads what the line does, by its first word.
func (p *parser) statement() (statement, error) {
	if len(p.rest) == 0 {
		return nil, p.errorf("the line holds a date and nothing else")
	}
	dated := !p.line.Day.IsZero()
	verb := p.rest[0].text
	if !p.rest[0].bare {
		verb = ""
	}
	if read := registerLine(verb); read != nil {
		p.begun = true
		p.rest = p.rest[1:]
		return p.register(read)
	}
	switch {
	case (verb == "profile" || verb == "set") && !dated:
		p.rest = p.rest[1:]
		return p.setting(verb)
	case verb == "quarters" && !dated:
		p.rest = p.rest[1:]
		if !p.take("drawn") {
			return nil, p.errorf(`expected "drawn"`)
		}
		p.file.drawn = true
		return drawsQuarters{}, nil
	case verb == "fast-forward" && !dated:
		p.begun, p.rest = true, p.rest[1:]
		return p.forward()
	case verb == "find":
		p.begun, p.rest = true, p.rest[1:]
		return p.find()
	case verb == "expect":
		p.begun, p.rest = true, p.rest[1:]
		return p.expect()
	case dated && verb == "both":
		p.begun, p.rest = true, p.rest[1:]
		return p.both()
	case dated && verb == "clock" && len(p.rest) == 1:
		p.begun, p.rest = true, nil
		return clockTicks{}, nil
	case dated && verb != "profile" && verb != "set" && verb != "fast-forward":
		p.begun = true
		return p.act()
	}
	return nil, p.errorf("unknown line %q; lines begin with a date or one of: %s", p.rest[0].text, strings.Join(verbs(), ", "))
}

// verbs are the words that begin a line, in order.
func verbs() []string {
	out := append([]string{"profile", "set", "quarters", "fast-forward", "find", "expect"}, registerVerbs...)
	slices.Sort(out)
	return out
}

// setting reads a line that sets the rules of the story.
func (p *parser) setting(verb string) (statement, error) {
	if p.begun {
		return nil, &Error{p.line.Pos, verb + " lines stand before all others"}
	}
	if verb == "profile" {
		t, err := p.next("the name of a profile, zaoyang or national")
		return useProfile{t.text}, err
	}
	t, err := p.next("PARAMETER=VALUE")
	if err != nil {
		return nil, err
	}
	if t.key == "" {
		return nil, &Error{t.pos, "expected PARAMETER=VALUE, as notice.min_workdays=7"}
	}
	s := setParam{pos: t.pos, key: t.key, value: t.value}
	s.wrong, err = p.wrong()
	return s, err
}

// wrong reads the "!! words" of a line that is expected to be wrong.
func (p *parser) wrong() (string, error) {
	if !p.take("!!") {
		return "", nil
	}
	words := p.tail()
	if words == "" {
		return "", p.errorf("!! needs words that the error contains")
	}
	return words, nil
}

func (p *parser) errorf(format string, args ...any) error {
	at := p.end
	if len(p.rest) > 0 {
		at = p.rest[0].pos
	}
	return &Error{at, fmt.Sprintf(format, args...)}
}

// next takes the next word; what says what is expected.
func (p *parser) next(what string) (token, error) {
	if len(p.rest) == 0 || p.marker() {
		return token{}, p.errorf("expected %s", what)
	}
	t := p.rest[0]
	p.rest = p.rest[1:]
	return t, nil
}

// marker reports whether the next word begins an expectation or ends a deed.
func (p *parser) marker() bool {
	return len(p.rest) > 0 && p.rest[0].bare && slices.Contains([]string{"->", "!!", "??", "|", "}", "{"}, p.rest[0].text)
}

// peek reports whether the next word is this one.
func (p *parser) peek(word string) bool {
	return len(p.rest) > 0 && p.rest[0].bare && p.rest[0].text == word
}

// take takes the next word if it is this one.
func (p *parser) take(word string) bool {
	if p.peek(word) {
		p.rest = p.rest[1:]
		return true
	}
	return false
}

// tail takes the words up to the next expectation.
func (p *parser) tail() string {
	var words []string
	for len(p.rest) > 0 && !p.marker() {
		words = append(words, p.rest[0].text)
		p.rest = p.rest[1:]
	}
	return strings.Join(words, " ")
}

func (p *parser) date(what string) (calendar.Date, error) {
	t, err := p.next(what)
	if err != nil {
		return calendar.Date{}, err
	}
	return dateOf(t)
}

func dateOf(t token) (calendar.Date, error) {
	d, err := calendar.Parse(t.text)
	if err != nil {
		return d, &Error{t.pos, fmt.Sprintf("%q is not a date: write 2026-05-11", t.text)}
	}
	return d, nil
}

// isDate reports whether the next word looks like a date.
func (p *parser) isDate() bool {
	if len(p.rest) == 0 {
		return false
	}
	_, err := calendar.Parse(p.rest[0].text)
	return err == nil
}

var (
	plainName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,23}$`)
	anonymous = regexp.MustCompile(`^([a-z][a-z0-9-]{0,23})\.([0-9]{1,4})$`)
)

// reserved are words that no name may be, because lines use them.
var reserved = []string{"open", "clock", "both", "expect", "for", "by", "in", "on", "of", "to", "via", "because", "part-of", "all", "nobody", "verify", "profile", "set", "fast-forward", "find"}

// declare takes a new name.
func (p *parser) declare(k kind) (string, error) {
	t, err := p.next("a name")
	if err != nil {
		return "", err
	}
	if !plainName.MatchString(t.text) || !t.bare || slices.Contains(reserved, t.text) || registerLine(t.text) != nil {
		return "", &Error{t.pos, fmt.Sprintf("%q cannot be a name: use a-z, 0-9 and '-', at most 24, and no word of the language", t.text)}
	}
	if old := p.names[t.text]; old != "" && !(old == k && (k == aCase || isDepartment(t.text))) {
		return "", &Error{t.pos, fmt.Sprintf("%q is the name of a %s already", t.text, old)}
	}
	p.names[t.text] = k
	return t.text, nil
}

// refer takes a name declared before.
func (p *parser) refer(k kind) (string, error) {
	t, err := p.next("the name of a " + string(k))
	if err != nil {
		return "", err
	}
	return t.text, p.known(t.text, t.pos, k)
}

func (p *parser) known(name string, at Pos, k kind) error {
	if p.names[name] == k || k == aPerson && anonymous.MatchString(name) {
		return nil
	}
	if got := p.names[name]; got != "" {
		return &Error{at, fmt.Sprintf("%q is the name of a %s, not of a %s", name, got, k)}
	}
	return &Error{at, fmt.Sprintf("no %s is named %q so far", k, name)}
}

// referOffice takes PERSON or PERSON/POST.
func (p *parser) referOffice() (officeName, error) {
	t, err := p.next("who acts: a name, or name/post")
	if err != nil {
		return officeName{}, err
	}
	person, post, _ := strings.Cut(t.text, "/")
	o := officeName{pos: t.pos, person: person, post: post}
	if t.text == "clock" {
		return o, nil
	}
	if err := p.known(person, t.pos, aPerson); err != nil {
		return o, err
	}
	if p.posts[person] == 0 {
		return o, &Error{t.pos, fmt.Sprintf("%q holds no office: give one with staff, or secretary of", person)}
	}
	return o, nil
}

// officeName names who acts: one office of a person of the story.
type officeName struct {
	pos    Pos
	person string // "clock" is the calendar
	post   string // "" where the person holds one office only
}
