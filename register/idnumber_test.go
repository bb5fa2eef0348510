package register

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"jinchu/calendar"
)

// made is an ID number with a right check digit.
func made(area, birth, seq string) string {
	digits := area + birth + seq
	return digits + string(CheckDigit(digits))
}

func TestCheckDigitOfTheStandard(t *testing.T) {
	// The two examples of GB 11643.
	for digits, want := range map[string]byte{"11010519491231002": 'X', "44052418800101001": '4'} {
		if got := CheckDigit(digits); got != want {
			t.Errorf("CheckDigit(%s) = %c, want %c", digits, got, want)
		}
	}
}

func TestParseID(t *testing.T) {
	birth := calendar.MustParse("1999-03-02")
	good := made("990101", "19990302", "001")
	wrong := good[:17] + string("0123456789X0"[strings.IndexByte("0123456789X", good[17])+1])
	withX := ""
	for seq := range 1000 {
		if s := made("990101", "19990302", fmt.Sprintf("%03d", seq)); s[17] == 'X' {
			withX = s
			break
		}
	}
	for _, c := range []struct {
		name, in string
		birth    calendar.Date
		demo     bool
		want     string // "" for an error holding why
		why      string
	}{
		{"made up", good, birth, true, good, ""},
		{"no birth given", good, calendar.Date{}, true, good, ""},
		{"spaces around", " " + good + "\n", birth, true, good, ""},
		{"small x", strings.ToLower(withX), birth, true, withX, ""},
		{"assigned area", made("420683", "19990302", "001"), birth, false, made("420683", "19990302", "001"), ""},
		{"made up outside a demonstration", good, birth, false, "", "prefix 99"},
		{"wrong check digit", wrong, birth, true, "", "check digit"},
		{"other birth", good, calendar.MustParse("1999-03-03"), true, "", "not the one given"},
		{"impossible day", made("990101", "19990230", "001"), calendar.Date{}, true, "", "not possible"},
		{"too early", made("990101", "18991231", "001"), calendar.Date{}, true, "", "not possible"},
		{"unassigned area", made("480101", "19990302", "001"), birth, true, "", "area"},
		{"leading zero", made("090101", "19990302", "001"), birth, true, "", "area"},
		{"short", good[:17], birth, true, "", "17 characters"},
		{"fifteen digits of the old form", "990101990302001", birth, true, "", "15 characters"},
		{"letter inside", good[:5] + "A" + good[6:], birth, true, "", "character 6"},
		{"full width", strings.Replace(good, "0", "\uff10", 1), birth, true, "", "character 3 is not a digit"},
		{"X inside", good[:16] + "X" + good[17:], birth, true, "", "character 17"},
		{"Chinese at the end", good[:17] + "十", birth, true, "", "check digit"},
		{"empty", "", birth, true, "", "0 characters"},
	} {
		got, err := ParseID(c.in, c.birth, c.demo)
		if c.want != "" {
			if err != nil || got.Reveal() != c.want {
				t.Errorf("%s: %s, %v", c.name, got, err)
			}
			continue
		}
		var fault *IDError
		if !errors.As(err, &fault) || !strings.Contains(fault.En, c.why) || fault.Zh == "" {
			t.Errorf("%s: got %v, want an IDError about %q", c.name, err, c.why)
		}
		if got != (IDNumber{}) {
			t.Errorf("%s: a number beside the error", c.name)
		}
		if err != nil && len(c.in) > 10 && strings.Contains(err.Error(), c.in[4:14]) {
			t.Errorf("%s: the error repeats the number", c.name)
		}
	}
}

func TestIDNumberParts(t *testing.T) {
	n := number("001")
	if n.Sex() != "1" || n.Birth() != calendar.MustParse("1999-03-02") || n.Tail() != n.Reveal()[14:] {
		t.Errorf("sex %s, birth %s, tail %s", n.Sex(), n.Birth(), n.Tail())
	}
	if s := number("002").Sex(); s != "2" {
		t.Errorf("even sequence: sex %s", s)
	}
	if number("001") != n || number("002") == n {
		t.Error("numbers do not compare by what they are")
	}
	none := IDNumber{}
	if none.Tail() != "" || !none.Birth().IsZero() || none.Sex() != "0" || none.Reveal() != "" {
		t.Error("no number is taken for one")
	}
}

// An ID number must not leak by being printed, marshalled or logged.
func TestIDNumberNeverPrints(t *testing.T) {
	n := number("001")
	type form struct {
		hidden  IDNumber // fmt does not ask unexported fields how to show them
		Number  IDNumber
		Pointer *IDNumber
		List    []IDNumber
		Map     map[IDNumber]IDNumber
	}
	f := form{n, n, &n, []IDNumber{n}, map[IDNumber]IDNumber{n: n}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%c", "%U", "%o", "%t", "%e", "%T %v", "%p", "%18v", "%.99s"} {
		for _, v := range []any{n, f, f.List, f.Map} {
			leakFree(t, verb, fmt.Sprintf(verb, v), n)
		}
	}
	leakFree(t, "Errorf", fmt.Errorf("person %s: %w", n, &IDError{}).Error(), n)
	leakFree(t, "Sprint", fmt.Sprint(n, &n), n)
	raw, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	leakFree(t, "json", string(raw), n)
	var buf bytes.Buffer
	slog.New(slog.NewTextHandler(&buf, nil)).Info("text", "n", n, "f", f)
	slog.New(slog.NewJSONHandler(&buf, nil)).Info("json", "n", n, "f", f)
	leakFree(t, "slog", buf.String(), n)
	for _, got := range []string{n.String(), fmt.Sprintf("%d", n), fmt.Sprintf("%#v", n)} {
		if got != "**************"+n.Reveal()[14:] {
			t.Errorf("shown as %s", got)
		}
	}
}

// number is the ID number of a made-up person.
func number(seq string) IDNumber {
	n, err := ParseID(made("990101", "19990302", seq), calendar.Date{}, true)
	if err != nil {
		panic(err)
	}
	return n
}

func leakFree(t *testing.T, how, out string, n IDNumber) {
	t.Helper()
	birth := n.Reveal()[6:14]
	for _, leak := range []string{n.Reveal(), birth, fmt.Sprintf("%x", birth), fmt.Sprintf("%X", birth), fmt.Sprintf("% x", birth)} {
		if strings.Contains(out, leak) {
			t.Errorf("%s shows the number: %s", how, out)
		}
	}
}
