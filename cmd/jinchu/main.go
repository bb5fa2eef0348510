// Command jinchu is the workflow engine for Party-member admission and exit
// reviews: the server, its demonstration, and the tools around it.
//
// Every command that needs a database takes --data DIR (embedded database,
// the file is DIR/jinchu.db) or --database URL (PostgreSQL). Exit status: 0
// done, 1 the answer is no (a story failed, a database was tampered with), 2
// the command could not be carried out.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"
)

// cli is the command line; its help is the manual.
type cli struct {
	Demo     demoCmd     `cmd:"" help:"演示:导入真实的镇村,演练几年的发展党员工作并提供服务。 Play some years of work in a real county and serve it."`
	Serve    serveCmd    `cmd:"" help:"提供接口和首页。 Serve the API and the first page."`
	Simulate simulateCmd `cmd:"" help:"演练但不提供服务。 Play some years of work without serving."`
	Story    storyCmd    `cmd:"" help:"按规则故事验收。 Run acceptance stories."`
	Verify   verifyCmd   `cmd:"" help:"核验数据库:哈希链、案件重算、占用。 Verify chains, cases and claims."`
	Rulebook rulebookCmd `cmd:"" help:"规则手册及其检查。 Print or check the rulebook."`
	Draw     drawCmd     `cmd:"" help:"流程图。 Draw the diagram."`
	Tick     tickCmd     `cmd:"" help:"补办或列出定时任务。 Run one slot of a job, or list the jobs."`
	Sample   sampleCmd   `cmd:"" help:"抽查:核验公布的季度资料包。 Spot checks: verify a published bundle."`
	Share    shareCmd    `cmd:"" help:"纪检机关:保管抽签的第二把密钥。 Keep the second key of the draw."`
	Import   importCmd   `cmd:"" help:"导入组织。 Import organizations."`
	Migrate  migrateCmd  `cmd:"" help:"升级或回退数据库结构。 Migrate the database forward or back."`
	Bench    benchCmd    `cmd:"" help:"测速:引擎与数据库极限之比。 Measure the engine against the database's raw limit."`
}

// errNo is the answer "no" of a command that worked: exit status 1.
var errNo = errors.New("no")

func main() {
	// An act leaves little garbage, but there are many acts: collecting it less
	// often costs a few dozen megabytes and saves a fifth of the processor.
	debug.SetGCPercent(400)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string) int {
	var c cli
	parser, err := kong.New(&c, kong.Name("jinchu"), kong.Description("进出:党员发展与出口审核流程引擎。"),
		kong.UsageOnError(), kong.BindTo(ctx, (*context.Context)(nil)))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	command, err := parser.Parse(args)
	if err == nil {
		err = command.Run()
	} else {
		fmt.Fprintln(os.Stderr, "jinchu:", err)
		return 2
	}
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errNo):
		fmt.Fprintln(os.Stderr, "jinchu:", err)
		return 1
	}
	fmt.Fprintln(os.Stderr, "jinchu:", err)
	return 2
}
