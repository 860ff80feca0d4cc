//! Learning: courses, enrolments and training records.

pub(crate) const SQL: &str = r"
CREATE TABLE course (
    id {uuid} NOT NULL,
    code text NOT NULL,
    title text NOT NULL,
    description text,
    valid_for_days {int},
    pass_score {int},
    created_at {instant} NOT NULL,
    archived_at {instant},
    CONSTRAINT course_pkey PRIMARY KEY (id),
    CONSTRAINT course_code_key UNIQUE (code),
    CONSTRAINT course_valid_for_days_check CHECK (valid_for_days > 0),
    CONSTRAINT course_pass_score_check CHECK (pass_score >= 0)
) {strict};

CREATE TABLE enrolment (
    id {uuid} NOT NULL,
    course_id {uuid} NOT NULL,
    user_id {uuid} NOT NULL,
    due_at {instant},
    enrolled_by {uuid},
    enrolled_at {instant} NOT NULL,
    cancelled_at {instant},
    CONSTRAINT enrolment_pkey PRIMARY KEY (id),
    CONSTRAINT enrolment_course_id_fkey FOREIGN KEY (course_id) REFERENCES course (id),
    CONSTRAINT enrolment_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_account (id),
    CONSTRAINT enrolment_enrolled_by_fkey FOREIGN KEY (enrolled_by) REFERENCES user_account (id)
) {strict};
CREATE INDEX enrolment_course_id_idx ON enrolment (course_id);
CREATE INDEX enrolment_user_id_idx ON enrolment (user_id);

CREATE TABLE training_record (
    id {uuid} NOT NULL,
    course_id {uuid} NOT NULL,
    user_id {uuid} NOT NULL,
    enrolment_id {uuid},
    completed_at {instant} NOT NULL,
    score text,
    result text NOT NULL,
    certificate text,
    expires_at {instant},
    recorded_by {uuid},
    CONSTRAINT training_record_pkey PRIMARY KEY (id),
    CONSTRAINT training_record_course_id_fkey FOREIGN KEY (course_id) REFERENCES course (id),
    CONSTRAINT training_record_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_account (id),
    CONSTRAINT training_record_enrolment_id_fkey FOREIGN KEY (enrolment_id) REFERENCES enrolment (id),
    CONSTRAINT training_record_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES user_account (id),
    CONSTRAINT training_record_result_check CHECK (result IN ('PASSED', 'FAILED')),
    CONSTRAINT training_record_expires_at_check CHECK (expires_at >= completed_at)
) {strict};
CREATE INDEX training_record_course_id_idx ON training_record (course_id);
CREATE INDEX training_record_user_id_idx ON training_record (user_id, completed_at);
CREATE INDEX training_record_enrolment_id_idx ON training_record (enrolment_id);
";
