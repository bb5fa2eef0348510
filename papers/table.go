// Package papers writes official spreadsheets.
//
// Purpose: a table, or a book of several, written as CSV or as XLSX, for
// offices that keep, print and pass on lists. Data held: none; a [Table] is
// filled by its caller, who answers for what may stand in it.
//
// Guarantees: the same table gives the same bytes. A text stays the text it
// is: identifiers are never turned into numbers, and no cell is run as a
// formula: a ' is written before what a spreadsheet program would run. Dates are written YYYY-MM-DD, instants by the clock of
// Asia/Shanghai. A table that cannot be written as it is, is an error; nothing
// is cut short.
package papers

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"jinchu/calendar"
)

// Table is a table with its title and notes. Every row has a cell for every
// column. A cell is a string, an int, an int64, a bool (是 or a blank), a
// [calendar.Date], a [time.Time] (an instant) or nil; a zero date or instant
// is a blank.
type Table struct {
	Title   string
	Columns []Column
	Rows    [][]any
	Notes   []string // below the rows; in XLSX only, so that CSV has nothing but records
}

// Column is one column. A width of zero fits what stands in it.
type Column struct {
	Title string
	Width float64 // in characters of the standard font; a Chinese one counts two
}

// The limits of a sheet, as spreadsheet programs have them.
const (
	maxColumns = 1 << 14
	maxRows    = 1<<20 - 100 // leaves room for title, header and notes
	maxCell    = 32767       // UTF-16 units
)

// row is a row of the table as it is written: numbers as int64, all else as
// text.
func (t *Table) row(i int) ([]any, error) {
	cells := t.Rows[i]
	if len(cells) != len(t.Columns) {
		return nil, fmt.Errorf("table %q: row %d has %d cells, not %d", t.Title, i+1, len(cells), len(t.Columns))
	}
	out := make([]any, len(cells))
	for j, cell := range cells {
		v, err := written(cell)
		if err != nil {
			return nil, fmt.Errorf("table %q: row %d, %s: %w", t.Title, i+1, t.Columns[j].Title, err)
		}
		out[j] = v
	}
	return out, nil
}

// header is the row of the titles.
func (t *Table) header() ([]any, error) {
	if n := len(t.Columns); n == 0 || n > maxColumns || len(t.Rows) > maxRows {
		return nil, fmt.Errorf("table %q: %d columns and %d rows do not fit on a sheet", t.Title, n, len(t.Rows))
	}
	out := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		v, err := plain(c.Title)
		if err != nil {
			return nil, fmt.Errorf("table %q: title of column %d: %w", t.Title, i+1, err)
		}
		out[i] = v
	}
	return out, nil
}

// written is a cell as it is written.
func written(cell any) (any, error) {
	switch v := cell.(type) {
	case nil:
		return "", nil
	case string:
		return plain(v)
	case int:
		return int64(v), nil
	case int64:
		return v, nil
	case bool:
		if v {
			return "是", nil
		}
		return "", nil
	case calendar.Date:
		if v.IsZero() {
			return "", nil
		}
		return v.String(), nil
	case time.Time:
		if v.IsZero() {
			return "", nil
		}
		return v.In(calendar.Shanghai).Format("2006-01-02 15:04:05"), nil
	}
	return nil, fmt.Errorf("a cell cannot hold a %T", cell)
}

// formula begins what one spreadsheet program or another would run: the ASCII
// signs, the full-width ones that some take for them, and white space that is
// skipped before them.
const formula = "=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20"

var oneBreak = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// plain is a text that no program runs, with single line breaks and without
// the control characters that a sheet cannot hold.
func plain(s string) (string, error) {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if first, _ := utf8.DecodeRuneInString(s); s != "" && strings.ContainsRune(formula, first) {
		s = "'" + s
	}
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' || r == 0x7f || r == 0xFFFE || r == 0xFFFF {
			return '\uFFFD'
		}
		return r
	}, oneBreak.Replace(s))
	if n := len(utf16.Encode([]rune(s))); n > maxCell {
		return "", fmt.Errorf("a text of %d characters is longer than the %d a cell can hold", n, maxCell)
	}
	return s, nil
}

// text is a cell that is written, as text.
func text(v any) string {
	if n, ok := v.(int64); ok {
		return strconv.FormatInt(n, 10)
	}
	return v.(string)
}
