package story

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
)

// paramValue reads the value of a parameter: a number, yes or no, or a date.
func paramValue(text string) (int, error) {
	switch text {
	case "yes":
		return 1, nil
	case "no":
		return 0, nil
	}
	if d, err := calendar.Parse(text); err == nil {
		return d.Year()*10000 + int(d.Month())*100 + d.Day(), nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("%q is not a number, a date, yes or no", text)
	}
	return n, nil
}

// heldWord stands for the text that the case holds already.
const heldWord = "@held"

// value makes the JSON of a field from what a story writes. Names become
// identifiers. What has the wrong form is passed on as text, for the engine
// to judge; only a name that stands for nobody is an error here.
func (r *runner) value(f *engine.Field, text string, c *caseName) (json.RawMessage, error) {
	v, err := r.typed(f, text, c)
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(v)
	return raw, err
}

func (r *runner) typed(f *engine.Field, text string, c *caseName) (any, error) {
	if f == nil {
		return text, nil
	}
	switch f.Kind {
	case engine.KindText:
		if text == heldWord && c != nil && c.id != "" {
			return r.heldNow(f, c)
		}
	case engine.KindNumber:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n, nil
		}
	case engine.KindFlag:
		switch text {
		case "yes":
			return true, nil
		case "no":
			return false, nil
		}
	case engine.KindChecklist:
		return checklist(f, text), nil
	case engine.KindPerson:
		ids, err := r.names.peopleOf(text)
		if err != nil || len(ids) == 1 {
			return first(ids), err
		}
	case engine.KindPeople, engine.KindRoster:
		return r.people(text, c)
	case engine.KindOrg:
		if o := r.names.orgs[text]; o != nil {
			return o.ID, nil
		}
	case engine.KindExclusions:
		return r.exclusions(text)
	case engine.KindItems:
		return r.items(text), nil
	case engine.KindDocuments:
		return documents(text), nil
	}
	return text, nil
}

// heldNow is the text that the case holds, for what a story cannot know. Where
// it holds none, the word is sent as it is, for the engine to judge.
func (r *runner) heldNow(f *engine.Field, c *caseName) (any, error) {
	state, err := r.driver.Look(r.ctx, c.id, r.now)
	if err != nil {
		return nil, err
	}
	if raw, known := state.Facts[f.Key]; known {
		return raw, nil
	}
	return heldWord, nil
}

func first(ids []register.PersonID) register.PersonID {
	if len(ids) == 0 {
		return ""
	}
	return ids[0]
}

// checklist reads "a,b"; "all" is every option, "none" is the empty list.
func checklist(f *engine.Field, text string) []string {
	out := []string{}
	switch text {
	case "none":
	case "all":
		for _, o := range f.Options {
			out = append(out, o.Key)
		}
	default:
		out = strings.Split(text, ",")
	}
	return out
}

// people reads a list of names. "all" are the members of the case's branch as
// the register knows them now, "voters" those of them with a vote, "none" is
// nobody; "-NAME" leaves one out again.
func (r *runner) people(text string, c *caseName) ([]register.PersonID, error) {
	out := []register.PersonID{}
	if text == "none" {
		return out, nil
	}
	for _, part := range strings.Split(text, ",") {
		name, drop := strings.CutPrefix(strings.TrimSpace(part), "-")
		ids, err := r.group(name, c)
		if err != nil {
			return nil, err
		}
		if drop {
			out = without(out, ids)
			continue
		}
		out = append(out, ids...)
	}
	return out, nil
}

func (r *runner) group(name string, c *caseName) ([]register.PersonID, error) {
	if (name != "all" && name != "voters") || c == nil {
		return r.names.peopleOf(name)
	}
	org := c.org
	if c.id != "" { // a transfer may have moved it
		state, err := r.driver.Look(r.ctx, c.id, r.now)
		if err != nil {
			return nil, err
		}
		org = state.Org
	}
	members, err := r.driver.Members(r.ctx, org, r.now)
	if err != nil {
		return nil, err
	}
	var out []register.PersonID
	for _, p := range members {
		if name == "all" && p.Member() || p.HasVote() {
			out = append(out, p.ID)
		}
	}
	return out, nil
}

func without(ids, drop []register.PersonID) []register.PersonID {
	out := []register.PersonID{}
	for _, id := range ids {
		keep := true
		for _, d := range drop {
			keep = keep && id != d
		}
		if keep {
			out = append(out, id)
		}
	}
	return out
}

// exclusions reads "NAME:BASIS,NAME:BASIS".
func (r *runner) exclusions(text string) ([]engine.Exclusion, error) {
	out := []engine.Exclusion{}
	if text == "none" {
		return out, nil
	}
	for _, part := range strings.Split(text, ",") {
		name, basis, _ := strings.Cut(part, ":")
		ids, err := r.names.peopleOf(name)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			out = append(out, engine.Exclusion{Person: id, Basis: basis})
		}
	}
	return out, nil
}

// items reads "key:text;key:text"; "none" is the empty list. A key that is the
// name of an organization or a person, or PERSON/POST, stands for it.
func (r *runner) items(text string) []engine.Item {
	out := []engine.Item{}
	if text == "none" {
		return out
	}
	for _, part := range strings.Split(text, ";") {
		key, rest := cut(part)
		out = append(out, engine.Item{Key: r.names.itemKey(key), Text: rest})
	}
	return out
}

// itemKey is the identifier a key of an item stands for, or the key itself.
func (n *names) itemKey(key string) string {
	person, post, ofPost := strings.Cut(key, "/")
	if o := n.orgs[key]; o != nil {
		return string(o.ID)
	}
	if p := n.people[key]; p != nil {
		return string(p.ID)
	}
	if !ofPost {
		return key
	}
	if o, err := n.office(officeName{person: person, post: post}); err == nil {
		return string(o.ID)
	}
	return key // nobody's: for the engine to judge
}

// documents reads "name,name"; the digest is that of the name.
func documents(text string) []engine.Document {
	out := []engine.Document{}
	for _, name := range strings.Split(text, ",") {
		sum := sha256.Sum256([]byte(name))
		out = append(out, engine.Document{Name: name, Digest: hex.EncodeToString(sum[:])})
	}
	return out
}
