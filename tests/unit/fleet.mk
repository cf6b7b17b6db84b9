check_PROGRAMS += tests/unit/test_fleet_event tests/unit/test_fleet_status
TESTS += tests/unit/test_fleet_event tests/unit/test_fleet_status
tests_unit_test_fleet_event_SOURCES = tests/unit/test_fleet_event.c
tests_unit_test_fleet_status_SOURCES = tests/unit/test_fleet_status.c
