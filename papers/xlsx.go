package papers

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

const (
	sheet = "Sheet1"
	head  = 2 // rows above those of the table: the title and the header
	// Of a column whose width is not set, in characters.
	narrow, wide = 6, 60
	// sampled is how many rows are looked at for the width of a column.
	sampled = 200
)

// XLSX writes title, header, rows and notes as a workbook of one sheet. The
// rows are streamed; title and header stay in sight. The error is w's, or says
// which cell cannot be written; then nothing was written to w.
func (t *Table) XLSX(w io.Writer) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }() // it may hold a temporary file
	if err := f.SetDocProps(&excelize.DocProperties{Creator: "jinchu", Title: t.Title, Language: "zh-CN"}); err != nil {
		return fmt.Errorf("table %q: %w", t.Title, err)
	}
	s, err := newSheet(f, t, sheet)
	if err != nil {
		return err
	}
	if err := s.write(t); err != nil {
		return fmt.Errorf("table %q: %w", t.Title, err)
	}
	return f.Write(w)
}

// page is the sheet under way.
type page struct {
	*excelize.StreamWriter
	n                    int // rows written
	width                int // columns
	title, header, cells int // styles
}

func newSheet(f *excelize.File, t *Table, name string) (*page, error) {
	stream, err := f.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	p := &page{StreamWriter: stream, width: len(t.Columns)}
	wrap := excelize.Alignment{Vertical: "top", WrapText: true}
	middle := excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}
	const asText = 49 // the number format "@": typed over, a text stays a text
	for _, style := range []struct {
		id *int
		of excelize.Style
	}{
		{&p.title, excelize.Style{Font: &excelize.Font{Bold: true, Size: 16}, Alignment: &middle}},
		{&p.header, excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &middle}},
		{&p.cells, excelize.Style{NumFmt: asText, Alignment: &wrap}},
	} {
		if *style.id, err = f.NewStyle(&style.of); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *page) write(t *Table) error {
	header, err := t.header()
	if err != nil {
		return err
	}
	if err := p.lay(t); err != nil {
		return err
	}
	if err := p.across(t.Title, p.title); err != nil {
		return err
	}
	if err := p.row(header, p.header); err != nil {
		return err
	}
	for i := range t.Rows {
		cells, err := t.row(i)
		if err != nil {
			return err
		}
		if err := p.row(cells, p.cells); err != nil {
			return err
		}
	}
	for _, note := range t.Notes {
		if err := p.across(note, p.cells); err != nil {
			return err
		}
	}
	return p.Flush()
}

// lay sets what stands before the rows of a sheet: widths, and what stays in
// sight.
func (p *page) lay(t *Table) error {
	for i := range t.Columns {
		if err := p.SetColWidth(i+1, i+1, t.fit(i)); err != nil {
			return err
		}
	}
	return p.SetPanes(&excelize.Panes{Freeze: true, YSplit: head, TopLeftCell: fmt.Sprintf("A%d", head+1), ActivePane: "bottomLeft"})
}

// row adds a row. Numbers stay numbers, in the format of numbers.
func (p *page) row(cells []any, style int) error {
	p.n++
	out := make([]any, len(cells))
	for i, v := range cells {
		out[i] = excelize.Cell{StyleID: style, Value: v}
		if _, number := v.(int64); number {
			out[i] = v
		}
	}
	return p.SetRow(fmt.Sprintf("A%d", p.n), out)
}

// across adds a row with one text over the whole width.
func (p *page) across(s string, style int) error {
	s, err := plain(s)
	if err != nil {
		return err
	}
	if err := p.row([]any{s}, style); err != nil || p.width < 2 {
		return err
	}
	last, err := excelize.CoordinatesToCellName(p.width, p.n)
	if err != nil {
		return err
	}
	return p.MergeCell(fmt.Sprintf("A%d", p.n), last)
}

// fit is the width of a column: the one set, or that of the longest line in
// its first rows.
func (t *Table) fit(column int) float64 {
	if w := t.Columns[column].Width; w > 0 {
		return w
	}
	most := columns(t.Columns[column].Title)
	for _, row := range t.Rows[:min(len(t.Rows), sampled)] {
		if column >= len(row) {
			continue // said by the row itself
		}
		if v, err := written(row[column]); err == nil {
			most = max(most, columns(text(v)))
		}
	}
	return float64(min(max(most+2, narrow), wide))
}

// columns is how wide the widest line of a text is.
func columns(s string) (most int) {
	for line := range strings.SplitSeq(s, "\n") {
		n := 0
		for _, r := range line {
			if n++; r >= 0x2E80 { // from the CJK radicals on
				n++
			}
		}
		most = max(most, n)
	}
	return most
}
