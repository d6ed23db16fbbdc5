"""Who asks: device tokens, enrolment, activation of officers, the city's keys."""
