package main

import (
	"context"
	"fmt"
)

type verifyCmd struct {
	regulation
	database
}

// Run recomputes everything that can be recomputed: exit status 0 if it all
// holds, 1 if something was tampered with, 2 if that cannot be told.
func (c *verifyCmd) Run(ctx context.Context) error {
	s, e, err := openEngine(ctx, c.database, c.regulation, false)
	if err != nil {
		return err
	}
	defer s.Close()
	report, err := s.Verify(ctx, e, nil)
	if err != nil {
		return err
	}
	found := int64(len(report.Findings)) + report.More
	for i, f := range report.Findings {
		if i == 20 {
			fmt.Printf("…… 另有 %d 处。 %d more.\n", found-int64(i), found-int64(i))
			break
		}
		fmt.Println(f)
	}
	fmt.Printf("核验 %d 条事件、%d 件案件、%d 条登记:%d 处不符。 %d events, %d cases, %d register entries: %d findings.\n",
		report.Events, report.Cases, report.Subjects, found, report.Events, report.Cases, report.Subjects, found)
	if len(report.Findings) > 0 {
		return fmt.Errorf("%w: the first is %s", errNo, report.Findings[0].String())
	}
	return nil
}
