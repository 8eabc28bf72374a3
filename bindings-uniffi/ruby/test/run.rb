# frozen_string_literal: true

# Ruby over the generated binding: the cases of vectors/reply.json and the segments of vectors/text.json, a gateway in Ruby, a
# gateway that raises, refusals. Exits with 1 and says what did not hold.

require 'json'
require 'depesza_redacted'
require 'depesza'

VECTORS = File.expand_path('../../../vectors', __dir__)
MONDAY = Time.utc(2026, 11, 16, 8)
THURSDAY = Time.utc(2026, 11, 19, 9, 30)

def hold(what, expected, got)
  return if expected == got

  warn "#{what}: expected #{expected.inspect}, got #{got.inspect}"
  exit 1
end

def name_of(enum, value)
  enum.constants.find { |name| enum.const_get(name) == value }.to_s.downcase
end

def cases(room)
  file = JSON.parse(File.read("#{VECTORS}/#{room}.json"))
  hold("#{room}: cases", file['count'], file['cases'].size)
  file['cases']
end

def full(text)
  case text
  when String then text
  when Array then text.map { |piece| full(piece) }.join
  else text['repeat'] * text['times']
  end
end

ran = 0
cases('reply').each do |it|
  policy = it['input']['policy']
  languages = (policy['languages'] || []).map { |language| Depesza::ReplyLanguage.const_get(language.upcase) }
  grammar = Depesza::ReplyGrammar.const_get((policy['grammar'] || 'strict').upcase)
  read = Depesza.classify_reply(
    Depesza::Body.new(it['input']['text']), Depesza::ReplyPolicy.new(grammar: grammar, languages: languages)
  )
  got = { 'reply' => name_of(Depesza::Reply, read.reply), 'opt_out' => name_of(Depesza::OptOut, read.opt_out) }
  hold(it['id'], it['expect'], got)
  ran += 1
end
hold('reply: ran', cases('reply').size, ran)

counted = cases('text').select { |it| it['operation'] == 'segments' }
counted.each do |it|
  bits = it['input']['reference_bits'] == 16 ? Depesza::ReferenceBits::SIXTEEN : Depesza::ReferenceBits::EIGHT
  got = Depesza.segments(full(it['input']['text']), bits)
  encoding = got.encoding == Depesza::SmsEncoding::GSM7 ? 'GSM-7' : 'UCS-2'
  all = { 'encoding' => encoding, 'units' => got.units, 'count' => got.count, 'remaining' => got.remaining }
  hold(it['id'], it['expect'], all.slice(*it['expect'].keys))
end

# Takes everything, and raises after it did where it is told to.
class Taking < Depesza::Gateway
  attr_reader :taken

  def initialize(raises)
    super()
    @taken = []
    @raises = raises
  end

  def capabilities
    Depesza::Capabilities.new(
      own_reference: Depesza::OwnReference::STORED.new, look_up: false, batch: 10, reports: true, cancel: false
    )
  end

  def submit(batch)
    @taken.concat(batch)
    raise @raises, "time-out for #{batch[0].to.reveal}" if @raises

    batch.map { |it| Depesza::SubmitResult::ACCEPTED.new(provider_ids: ["p-#{it.reference}"], parts: nil, cost_milli: nil) }
  end

  def look_up(_reference)
    Depesza::LookupResult::UNSURE.new
  end

  def cancel(_reference)
    false
  end

  def balance_milli
    nil
  end
end

PRACTICE = '{"id": "p", "name": "Dentica", "secret": "sixteen bytes or more",
             "settings": {"senders": [{"id": "48500100200", "receives": true}]}}'
REMINDER = '{"name": "Przypomnienie", "timing": {"kind": "reminder", "steps": [{"days_before": 1, "at": "10:00"}]},
             "bodies": {"default": "(imie), czekamy (data) o (godzina). Odpisz TAK lub NIE."}}'
FACTS = '{"practice": "p", "now": "2026-11-16T08:00:00Z", "facts": [
  {"fact": "patient", "id": "7", "revision": 1, "first_name": "Łucja", "last_name": "Żak", "phone": "501 234 567",
   "consents": {"visits": {"given": true, "at": "2026-01-02T10:00:00Z"}}},
  {"fact": "visit", "id": "120", "revision": 1, "patient": "7", "start": "2026-11-20T12:30:00"}]}'

# ScriptError is no StandardError
[nil, RuntimeError, NotImplementedError].each do |raises|
  gateway = Taking.new(raises)
  engine = Depesza::Engine.open('memory:', [Depesza::GatewayLink.of_host('g', gateway)])
  desk = Depesza::User.new(
    id: 'recepcja', permissions: [Depesza::Permission::COMMUNICATION_CENTER, Depesza::Permission::MANAGE_CAMPAIGNS]
  )
  engine.open_practice(Depesza::Body.new(PRACTICE), MONDAY)
  engine.create_campaign('p', desk, 'c', REMINDER, MONDAY)
  engine.activate('p', desk, 'c', MONDAY)
  engine.call('apply', Depesza::Body.new(FACTS))
  engine.work(THURSDAY, 100)
  hold('due', true, engine.next_due <= THURSDAY)
  2.times { |turn| engine.dispatch(THURSDAY + turn * 3600, 100) }
  hold("sent once (raises: #{raises.inspect})", 1, gateway.taken.size)
  hold('text', 'Lucja, czekamy 20.11.2026 o 12:30. Odpisz TAK lub NIE.', gateway.taken[0].body.reveal)
  hold('nothing prints', false, gateway.taken.inspect.include?('501234567'))
  status = engine.messages_of_visit('p', '120')[0].status
  hold("status (raises: #{raises.inspect})", raises ? Depesza::Status::IN_DOUBT : Depesza::Status::SUBMITTED, status)

  begin
    engine.visit('x', '1')
    hold('a refusal', 'raised', 'not')
  rescue Depesza::EngineError::NotKnown => e
    hold('a refusal', 'unknown_practice', e.refusal.code)
  end
end
# What cannot be read is refused by the engine's own error; what the core's rules refuse, by the fact and the field.
def refused(what, field)
  yield
  hold(what, 'raised', 'not')
rescue Depesza::EngineError::Faulty => e
  hold(what, field, e.refusal.field)
end

engine = Depesza::Engine.open('memory:', [])
engine.open_practice(Depesza::Body.new(PRACTICE), MONDAY)
tell = lambda do |start, zone = nil|
  visit = Depesza::Visit.new(id: '1', revision: 1, patient: '7', start: start, zone: zone, state: Depesza::VisitState::BOOKED)
  engine.apply('p', [Depesza::Fact::VISIT.new(visit)], MONDAY)
end
refused('no time', 'facts') { tell.call('jutro') }
refused('no zone', 'facts') { tell.call('2026-11-20T12:30:00', 'GMT+02:00') }
refused('a second 60', 'facts[0].start') { tell.call('2026-12-31T23:59:60') }
refused('a year without end', 'facts[0].start') { tell.call('+999999999-12-31T23:59:59') }
refused('a zone by its name', 'zone') { Depesza.zone('Europe/Atlantis') }
tell.call('2026-11-20T12:30:00', Depesza.zone('EST'))
hold('a zone', 'EST', engine.visit('p', '1').visit.zone)

puts "#{ran + counted.size} vectors, gateways and refusals hold"
