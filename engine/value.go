package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"jinchu/calendar"
	"jinchu/register"
)

// decode turns what a move gives into the field's Go value. Errors say what
// is wrong with the value, not with its content.
func (f *Field) decode(raw any) (any, error) {
	switch v := raw.(type) {
	case json.RawMessage:
		return f.decodeJSON(v)
	default:
		return f.checkTyped(v)
	}
}

func (f *Field) decodeJSON(raw json.RawMessage) (any, error) {
	if text, ok := plainText(raw); ok {
		switch f.Kind {
		case KindText, KindChoice:
			return f.checkTyped(text)
		case KindPerson:
			return f.checkTyped(register.PersonID(text))
		case KindOrg:
			return f.checkTyped(register.OrgID(text))
		case KindMoment:
			return f.checkTyped(Moment(text))
		}
	}
	switch f.Kind {
	case KindText, KindChoice:
		return decodeAs[string](f, raw)
	case KindDate:
		return decodeAs[calendar.Date](f, raw)
	case KindMoment:
		return decodeAs[Moment](f, raw)
	case KindNumber:
		return decodeAs[int64](f, raw)
	case KindFlag:
		return decodeAs[bool](f, raw)
	case KindChecklist:
		return decodeAs[[]string](f, raw)
	case KindPerson:
		return decodeAs[register.PersonID](f, raw)
	case KindPeople:
		return decodeAs[[]register.PersonID](f, raw)
	case KindOrg:
		return decodeAs[register.OrgID](f, raw)
	case KindRoster:
		return decodeRoster(f, raw)
	case KindExclusions:
		return decodeAs[[]Exclusion](f, raw)
	case KindItems:
		return decodeAs[[]Item](f, raw)
	case KindDocuments:
		return decodeAs[[]Document](f, raw)
	}
	return nil, fmt.Errorf("field kind %q is unknown", f.Kind)
}

// plainText is a JSON string without escapes, read the short way: most values
// are, and folding a log reads millions of them.
func plainText(raw json.RawMessage) (string, bool) {
	if len(raw) < 2 || raw[0] != '"' || raw[len(raw)-1] != '"' {
		return "", false
	}
	inner := raw[1 : len(raw)-1]
	for _, b := range inner {
		if b < ' ' || b == '"' || b == '\\' {
			return "", false
		}
	}
	return string(inner), utf8.Valid(inner)
}

func decodeAs[T any](f *Field, raw json.RawMessage) (any, error) {
	var v T
	var err error
	if len(raw) > 0 && raw[0] == '[' { // of objects, perhaps, with members nobody knows
		d := json.NewDecoder(bytes.NewReader(raw))
		d.DisallowUnknownFields()
		err = d.Decode(&v)
	} else {
		err = json.Unmarshal(raw, &v)
	}
	if err != nil || string(raw) == "null" {
		return nil, fmt.Errorf("expected %s, got %.40s", kindHint[f.Kind], raw)
	}
	return f.checkTyped(v)
}

// decodeRoster accepts a list of people or, as events store it, of seats.
func decodeRoster(f *Field, raw json.RawMessage) (any, error) {
	var ids []register.PersonID
	if json.Unmarshal(raw, &ids) == nil {
		r := make(Roster, len(ids))
		for i, id := range ids {
			r[i].Person = id
		}
		return f.checkTyped(r)
	}
	return decodeAs[Roster](f, raw)
}

// kindHint says how a value of each kind is written.
var kindHint = map[FieldKind]string{
	KindText: "a text", KindDate: `a date "2026-05-11"`, KindMoment: `a date and time "2026-06-20T09:00"`,
	KindNumber: "a whole number of at least 0", KindFlag: "true or false", KindChoice: "one of the options",
	KindChecklist: "a list of options", KindPerson: "a person's identifier", KindPeople: "a list of people's identifiers",
	KindOrg: "an organization's identifier", KindRoster: "a list of people's identifiers",
	KindExclusions: `a list of {"person","basis"}`, KindItems: `a list of {"key","text"}`,
	KindDocuments: `a list of {"name","digest"}`,
}

const maxText = 4000 // characters

// checkTyped checks a value that is a Go value already: it has the type of
// the field's kind, and says something.
func (f *Field) checkTyped(v any) (any, error) {
	var err error
	switch v := v.(type) {
	case string:
		switch f.Kind {
		case KindText:
			return v, checkText(v)
		case KindChoice:
			return v, f.checkOptions(v)
		}
		err = f.misfit()
	case calendar.Date:
		err = f.want(KindDate, !v.IsZero())
	case Moment:
		_, wrong := time.Parse("2006-01-02T15:04", string(v))
		err = f.want(KindMoment, wrong == nil)
	case int64:
		err = f.want(KindNumber, v >= 0 && v < 1<<40)
	case bool:
		err = f.want(KindFlag, true)
	case register.PersonID:
		err = f.want(KindPerson, v != "")
	case register.OrgID:
		err = f.want(KindOrg, v != "")
	default:
		err = f.checkList(v)
	}
	return v, err
}

// checkList checks the values that are lists. A list may be empty, but not
// nil: the log could not tell it from nothing.
func (f *Field) checkList(v any) error {
	if list := reflect.ValueOf(v); list.Kind() == reflect.Slice && list.IsNil() {
		return f.misfit()
	}
	switch v := v.(type) {
	case []string:
		return errors.Join(f.want(KindChecklist, true), f.checkOptions(v...))
	case []register.PersonID:
		return errors.Join(f.want(KindPeople, true), noneTwice(v))
	case Roster:
		ids := make([]register.PersonID, len(v))
		for i := range v {
			ids[i] = v[i].Person
		}
		return errors.Join(f.want(KindRoster, true), noneTwice(ids))
	case []Exclusion:
		for _, x := range v {
			if err := f.checkOptions(x.Basis); err != nil {
				return err
			}
		}
		return f.want(KindExclusions, true)
	case []Item:
		for _, it := range v {
			if it.Key == "" || checkText(it.Text) != nil && it.Text != "" {
				return fmt.Errorf("each item has a key and a text of at most %d characters", maxText)
			}
		}
		return f.want(KindItems, true)
	case []Document:
		for _, d := range v {
			if d.Name == "" || len(d.Digest) != 64 {
				return errors.New("each document has a name and a SHA-256 digest of 64 hexadecimal digits")
			}
		}
		return f.want(KindDocuments, true)
	}
	return f.misfit()
}

// want is an error unless the field is of the kind and the value is sound.
func (f *Field) want(kind FieldKind, sound bool) error {
	if f.Kind == kind && sound {
		return nil
	}
	return f.misfit()
}

func (f *Field) misfit() error { return fmt.Errorf("expected %s", kindHint[f.Kind]) }

// checkOptions wants every key to be an option of the field, and none twice.
func (f *Field) checkOptions(keys ...string) error {
	for i, k := range keys {
		if !f.has(k) {
			return fmt.Errorf("%q is not an option; options: %s", k, f.optionKeys())
		}
		if slices.Contains(keys[:i], k) {
			return fmt.Errorf("%q stands twice", k)
		}
	}
	return nil
}

func checkText(s string) error {
	switch {
	case strings.TrimSpace(s) == "":
		return fmt.Errorf("the text is empty")
	case utf8.RuneCountInString(s) > maxText:
		return fmt.Errorf("the text has %d characters; at most %d are kept", utf8.RuneCountInString(s), maxText)
	case !utf8.ValidString(s) || strings.ContainsRune(s, 0):
		return fmt.Errorf("the text holds bytes that are not text")
	}
	return nil
}

func noneTwice(ids []register.PersonID) error {
	for i, id := range ids {
		if id == "" {
			return fmt.Errorf("entry %d is empty", i+1)
		}
		if slices.Contains(ids[:i], id) {
			return fmt.Errorf("%s stands twice", id)
		}
	}
	return nil
}

func (f *Field) optionKeys() string {
	keys := make([]string, len(f.Options))
	for i, o := range f.Options {
		keys[i] = o.Key
	}
	return strings.Join(keys, ", ")
}
