# frozen_string_literal: true

# Text that names a person or what was said to them: it crosses as it is, but never prints.
#
# The generated code makes these of the core's types of the same names (uniffi.toml). Not allowed here: anything else.
module Depesza
  # Text that `to_s` and `inspect` do not show.
  class Redacted
    def initialize(text)
      @text = text
    end

    # The text itself, for those who must show or send it.
    def reveal
      @text
    end

    def to_s
      '<redacted>'
    end
    alias inspect to_s

    def ==(other)
      other.class == self.class && other.reveal == reveal
    end
    alias eql? ==

    def hash
      @text.hash
    end
  end

  # A person's first name, last name or full name.
  class Name < Redacted; end

  # A telephone number.
  class Phone < Redacted; end

  # The text of a message, and any text that may hold what a person wrote or is called.
  class Body < Redacted; end

  # A gateway's own words, for the record.
  class Verbatim < Redacted; end
end
