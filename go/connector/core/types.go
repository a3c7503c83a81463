// Which version of a task type does the connector serve?

package core

// TypeVersion is the newest task_type_version that the type's plugin reads; it reads the older ones too. The error is
// ErrUnknownType.
func (c *Core) TypeVersion(taskType string) (int32, error) {
	s, err := c.served(taskType)
	return s.resource.TypeVersion, err
}
