"""Files of comma-separated values.

`tables` any such file read into columns · `trades` rows as transactions · `closes` rows as prices ·
`exporting` out again
"""
