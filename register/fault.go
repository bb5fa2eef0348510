package register

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fault is what is wrong with an entity: a stable code for programs, the
// field, and what is wrong in Chinese and in English. It repeats nothing
// personal.
type Fault struct {
	Code  string
	Where string // a field; in the faults of [Check] behind the entity's chain
	Zh    string
	En    string
}

func (f *Fault) Error() string { return f.Where + ": " + f.En }

func fault(code, where, zh, en string, args ...any) *Fault {
	return &Fault{Code: code, Where: where, Zh: zh, En: fmt.Sprintf(en, args...)}
}

// faultID is the fault of an identifier that is not plain.
func faultID(where string) *Fault {
	return fault("bad-identifier", where, "编号须为 1 至 60 个字母、数字或“-”", "an identifier has 1 to 60 letters, digits and '-'")
}

// faultyName reports whether a name is empty, too long for a form, or holds
// what does not print.
func faultyName(s string) bool {
	n := utf8.RuneCountInString(s)
	return strings.TrimSpace(s) == "" || n > 50 || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl)
}
