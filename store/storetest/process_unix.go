//go:build unix && !linux

package storetest

import (
	"os/exec"
	"syscall"
)

// attributes run a program as somebody else and in a process group of its own,
// so that an interrupt at the terminal does not reach it.
func attributes(a *account) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if a != nil {
		attr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return attr
}

// startBound starts a program and reports its end.
func startBound(cmd *exec.Cmd, ended chan<- error) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { ended <- cmd.Wait() }()
	return nil
}
