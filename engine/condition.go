package engine

import "strings"

// Condition is a requirement in words with the test that decides it. It is a
// value: build one with [Cond], compose with [Not], [AllOf] and [AnyOf].
type Condition struct {
	Key   string
	Words Words
	// Cites is the article behind it, and the one before the 2026 edition of
	// the rules where the number differs; the rule's own article if none.
	Cites []Article
	// Fields and Acts are what the test looks at; [Check] wants each of them
	// to be given by some rule.
	Fields []*Field
	Acts   []Action
	// Waits tells that the test needs what the move gives, so that it cannot
	// be known before the form is filled in.
	Waits bool
	// Children tells that the test looks at the cases that depend on this one.
	Children bool
	// Bounds tells that the condition fails in the end, however often the acts
	// before it are repeated, so that no loop through it goes on for ever.
	Bounds bool

	test  func(*Situation) []Words
	not   *Condition // of a negation: what it negates
	field *Field     // of a choice: the field whose value it names
	value string
}

// Cond names a condition.
func Cond(key, zh, en string) Condition {
	return Condition{Key: key, Words: Words{zh, en}}
}

// Cite gives the article, and the one of the 2014 edition where it differs.
func (c Condition) Cite(now Article, before ...Article) Condition {
	c.Cites = append([]Article{now}, before...)
	return c
}

// Reading names the fields the test looks at.
func (c Condition) Reading(fields ...AnyField) Condition {
	for _, f := range fields {
		c.Fields = append(c.Fields[:len(c.Fields):len(c.Fields)], f.field())
	}
	return c
}

// After names the actions whose traces the test looks for.
func (c Condition) After(actions ...Action) Condition {
	c.Acts = append(c.Acts[:len(c.Acts):len(c.Acts)], actions...)
	return c
}

// OnInput tells that the test needs what the move gives: without any of its
// fields it is not asked, and the missing field is the ground.
func (c Condition) OnInput() Condition { c.Waits = true; return c }

// OverChildren tells that the test looks at dependent cases.
func (c Condition) OverChildren() Condition { c.Children = true; return c }

// Bounding tells that the condition ends every loop it stands in, such as a
// limit on the number of rounds.
func (c Condition) Bounding() Condition { c.Bounds = true; return c }

// Test gives the test: nil where the condition holds, or else what is
// missing, at least one line.
func (c Condition) Test(test func(*Situation) []Words) Condition { c.test = test; return c }

// Holds gives a test that needs no more words than the condition's own.
func (c Condition) Holds(test func(*Situation) bool) Condition {
	c.test = func(s *Situation) []Words {
		if test(s) {
			return nil
		}
		return unmet
	}
	return c
}

// unmet is the answer of a test that adds nothing to the condition's words.
var unmet = []Words{}

// Missing is a test's answer with one line.
func Missing(zh, en string) []Words { return []Words{{zh, en}} }

// Is is the condition that the act gives one option of a choice. Two options
// of one field never hold together.
func Is(f F[string], option string) Condition {
	words := Words{option, option}
	for _, o := range f.Options {
		if o.Key == option {
			words = o.Words
		}
	}
	c := Cond(f.Key+"="+option, f.Words.Zh+"为「"+words.Zh+"」", f.Words.En+": "+words.En).Reading(f).
		Holds(func(s *Situation) bool { v, _ := f.Given(s); return v == option })
	c.field, c.value = f.Field, option
	return c
}

// Not is the condition that holds where c does not.
func Not(c Condition) Condition {
	inner := c
	n := c
	n.Key = "not-" + c.Key
	n.Words = Words{"非「" + c.Words.Zh + "」", "not: " + c.Words.En}
	n.not = &inner
	n.test = func(s *Situation) []Words {
		if inner.test(s) != nil {
			return nil
		}
		return unmet
	}
	return n
}

// AllOf is the condition that holds where every one of them does.
func AllOf(key string, cs ...Condition) Condition { return compose(key, "且", " and ", cs, true) }

// AnyOf is the condition that holds where at least one of them does.
func AnyOf(key string, cs ...Condition) Condition { return compose(key, "或", " or ", cs, false) }

func compose(key, zh, en string, cs []Condition, all bool) Condition {
	var zhs, ens []string
	out := Condition{Key: key}
	for _, c := range cs {
		zhs, ens = append(zhs, c.Words.Zh), append(ens, c.Words.En)
		out.Fields = append(out.Fields, c.Fields...)
		out.Acts = append(out.Acts, c.Acts...)
		out.Children = out.Children || c.Children
		if out.Cites == nil {
			out.Cites = c.Cites
		}
	}
	out.Words = Words{strings.Join(zhs, zh), strings.Join(ens, en)}
	out.test = func(s *Situation) []Words {
		var missing []Words
		for _, c := range cs {
			m := c.test(s)
			if m == nil && !all {
				return nil
			}
			if m != nil {
				missing = append(missing, orOwn(m, c.Words)...)
			}
		}
		return missing
	}
	return out
}

// orOwn is the answer of a test, or the condition's own words where the test
// adds none.
func orOwn(m []Words, own Words) []Words {
	if len(m) == 0 {
		return []Words{own}
	}
	return m
}

// opposes reports whether two conditions can never hold together.
func (c Condition) opposes(d Condition) bool {
	return c.not != nil && c.not.Key == d.Key || d.not != nil && d.not.Key == c.Key ||
		c.field != nil && c.not == nil && d.not == nil && c.field == d.field && c.value != d.value
}
