package papers

import (
	"encoding/csv"
	"io"
)

// CSVType and XLSXType are the media types of the two forms.
const (
	CSVType  = "text/csv; charset=utf-8"
	XLSXType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// mark is the byte order mark by which spreadsheet programs know UTF-8.
const mark = "\ufeff"

// CSV writes the header and the rows by RFC 4180: comma, CRLF, quotes where
// needed. A byte order mark tells spreadsheet programs that it is UTF-8. The
// error is w's, or says which cell cannot be written; what was written before
// it is of no use.
func (t *Table) CSV(w io.Writer) error {
	header, err := t.header()
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, mark); err != nil {
		return err
	}
	c := csv.NewWriter(w)
	c.UseCRLF = true
	record := make([]string, len(header))
	write := func(cells []any) error {
		for i, v := range cells {
			record[i] = text(v)
		}
		return c.Write(record)
	}
	if err := write(header); err != nil {
		return err
	}
	for i := range t.Rows {
		cells, err := t.row(i)
		if err != nil {
			return err
		}
		if err := write(cells); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}
