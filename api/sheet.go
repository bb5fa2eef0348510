package api

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"jinchu/calendar"
	"jinchu/papers"
)

// Formatted is the choice of form that every answer which is a table offers.
type Formatted struct {
	Format string `query:"format" enum:"json,csv,xlsx" default:"json" doc:"csv and xlsx are files to save"`
}

func (f Formatted) form() string { return f.Format }

// sheet is one answer in its forms: a view for JSON, the table for the others.
type sheet[V any] struct {
	view  V
	table func(en bool) *papers.Table
	file  string // the name without day and ending: ASCII, and nobody's
	link  string // the header that leads to the next part, "" for none
}

type sheetOutput struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Link        string `header:"Link"`
	Body        any
}

// sheetDoor is a door whose answer is a table: as JSON, CSV or XLSX, as the
// request says.
func sheetDoor[V any, I interface{ form() string }](h func(context.Context, *server, *call, *I) (*sheet[V], error)) func(*server, huma.API, huma.Operation) {
	inner := door(func(ctx context.Context, s *server, c *call, in *I) (*sheetOutput, error) {
		answer, err := h(ctx, s, c, in)
		if err != nil {
			return nil, err
		}
		return answer.in((*in).form(), c)
	})
	return func(s *server, doors huma.API, op huma.Operation) {
		file := &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
		op.Responses = map[string]*huma.Response{"200": {Description: http.StatusText(http.StatusOK), Content: map[string]*huma.MediaType{
			"application/json": {Schema: doors.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[V](), true, "")},
			papers.CSVType:     file, papers.XLSXType: file,
		}}}
		inner(s, doors, op)
	}
}

// in writes the answer in a form.
func (a *sheet[V]) in(form string, c *call) (*sheetOutput, error) {
	out := &sheetOutput{ContentType: "application/json", Link: a.link}
	var b bytes.Buffer
	var err error
	switch form {
	case "csv":
		out.ContentType, err = papers.CSVType, a.table(c.en).CSV(&b)
	case "xlsx":
		out.ContentType, err = papers.XLSXType, a.table(c.en).XLSX(&b)
	default:
		out.Body = a.view
		return out, nil
	}
	out.Disposition = fmt.Sprintf(`attachment; filename="%s-%s.%s"`, a.file, calendar.DateOf(c.now), form)
	out.Body = b.Bytes()
	return out, err
}
