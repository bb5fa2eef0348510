package storetest

import (
	"os/exec"
	"syscall"
)

func attributes(*account) *syscall.SysProcAttr { return nil }

// startBound starts a program and reports its end.
func startBound(cmd *exec.Cmd, ended chan<- error) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { ended <- cmd.Wait() }()
	return nil
}
