package papers

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Book is several tables that belong together: the sheets of one workbook, or
// one CSV. The title of a table is the name of its sheet, so it has 1 to 31
// characters, none of : \ / ? * [ ], and is there once.
type Book struct {
	Title  string
	Part   string // title of the first column of the CSV, which names the table
	Tables []*Table
}

// XLSX writes each table as a sheet, as [Table.XLSX] does. The error is w's, or
// says which table cannot be written; then nothing was written to w.
func (b *Book) XLSX(w io.Writer) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }() // it may hold temporary files
	if err := f.SetDocProps(&excelize.DocProperties{Creator: "jinchu", Title: b.Title, Language: "zh-CN"}); err != nil {
		return fmt.Errorf("book %q: %w", b.Title, err)
	}
	for i, t := range b.Tables {
		if err := b.add(f, i, t); err != nil {
			return fmt.Errorf("book %q: %w", b.Title, err)
		}
	}
	file, err := f.WriteToBuffer()
	if err != nil {
		return fmt.Errorf("book %q: %w", b.Title, err)
	}
	return inOrder(w, file.Bytes())
}

// inOrder writes a workbook with its parts in the order of their names: the
// library writes sheets that are streamed in any order, and the same book is
// to give the same bytes.
func inOrder(w io.Writer, file []byte) error {
	in, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return err
	}
	slices.SortFunc(in.File, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	out := zip.NewWriter(w)
	for _, part := range in.File {
		if err := out.Copy(part); err != nil {
			return err
		}
	}
	return out.Close()
}

// add adds a sheet; the first takes the place of the one a new file has.
func (b *Book) add(f *excelize.File, i int, t *Table) error {
	if i > 0 {
		if at, err := f.GetSheetIndex(t.Title); err == nil && at >= 0 {
			return fmt.Errorf("table %q: there are two of that name", t.Title)
		}
		if _, err := f.NewSheet(t.Title); err != nil {
			return fmt.Errorf("table %q: %w", t.Title, err)
		}
	} else if err := f.SetSheetName(sheet, t.Title); err != nil {
		return fmt.Errorf("table %q: %w", t.Title, err)
	}
	p, err := newSheet(f, t, t.Title)
	if err != nil {
		return err
	}
	if err := p.write(t); err != nil {
		return fmt.Errorf("table %q: %w", t.Title, err)
	}
	return nil
}

// CSV writes all tables as one, as [Table.CSV] does: the first column says of
// which table a row is, and then each title that is a column of any of them
// has one column. What a row has no cell for is a blank.
func (b *Book) CSV(w io.Writer) error {
	places, header, err := b.columns()
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, mark); err != nil {
		return err
	}
	c := csv.NewWriter(w)
	c.UseCRLF = true
	if err := c.Write(header); err != nil {
		return err
	}
	for n, t := range b.Tables {
		for i := range t.Rows {
			cells, err := t.row(i)
			if err != nil {
				return err
			}
			record := make([]string, len(header))
			record[0] = t.Title
			for j, v := range cells {
				record[places[n][j]] = text(v)
			}
			if err := c.Write(record); err != nil {
				return err
			}
		}
	}
	c.Flush()
	return c.Error()
}

// columns are the header of the CSV and, for each table, where its columns
// stand in it.
func (b *Book) columns() (places [][]int, header []string, err error) {
	header = []string{b.Part}
	for _, t := range b.Tables {
		titles, err := t.header()
		if err != nil {
			return nil, nil, err
		}
		var place []int
		for _, title := range titles {
			i := slices.Index(header[1:], text(title)) + 1
			if i == 0 {
				i, header = len(header), append(header, text(title))
			}
			if slices.Contains(place, i) {
				return nil, nil, fmt.Errorf("table %q: two columns %q", t.Title, text(title))
			}
			place = append(place, i)
		}
		places = append(places, place)
	}
	return places, header, nil
}
