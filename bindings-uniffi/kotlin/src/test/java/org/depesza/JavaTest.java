package org.depesza;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The binding from plain Java: no Kotlin word, no number that Java does not have. */
class JavaTest {
    private static final Instant MONDAY = Instant.parse("2026-11-16T08:00:00Z");

    /** A gateway written in Java. */
    private static final class Listing implements Gateway {
        final List<Submission> taken = new ArrayList<>();

        @Override
        public Capabilities capabilities() {
            return new Capabilities(OwnReference.Stored.INSTANCE, false, 10, true, false);
        }

        @Override
        public List<SubmitResult> submit(List<Submission> batch) {
            taken.addAll(batch);
            return batch.stream()
                    .map(it -> (SubmitResult) new SubmitResult.Accepted(List.of("p-" + it.getReference()), 1, null))
                    .toList();
        }

        @Override
        public LookupResult lookUp(String reference) {
            return LookupResult.Unsure.INSTANCE;
        }

        @Override
        public boolean cancel(String reference) {
            return false;
        }

        @Override
        public Long balanceMilli() {
            return null;
        }
    }

    @Test
    void aMessageGoesOut() throws Exception {
        Listing gateway = new Listing();
        try (GatewayLink link = GatewayLink.Companion.ofHost("g", gateway);
                Engine engine = Engine.Companion.open("memory:", List.of(link))) {
            engine.openPractice(new Body("""
                {"id": "p", "name": "Dentica", "secret": "sixteen bytes or more",
                 "settings": {"senders": [{"id": "48500100200", "receives": true}]}}"""), MONDAY);
            Consents consents = new Consents(new Consent(true, MONDAY, ConsentSource.PERSON), null, null);
            Patient patient = new Patient("7", 1L, new Name("Łucja"), new Name("Żak"), null, new Phone("501 234 567"),
                    null, null, consents, PatientStatus.ACTIVE, null);
            engine.apply("p", List.of(new Fact.Patient(patient)), MONDAY);
            User desk = new User("recepcja", List.of(Permission.COMMUNICATION_CENTER));
            NewMessage message = new NewMessage(new Recipient.Patient("7"), new Body("Prosimy o telefon"), null, QuietHours.WARN, null);
            long id = engine.sendMessage("p", desk, message, MONDAY.plusSeconds(7200));
            Dispatched done = engine.dispatch(MONDAY.plusSeconds(7200), 100);
            assertEquals(1L, done.getAccepted());
            assertEquals("+48501234567", gateway.taken.get(0).getTo().reveal());
            assertEquals(Status.SUBMITTED, engine.message("p", id, null).getStatus());
        }
    }

    @Test
    void textsCostWhatTheyCost() {
        Segments segments = DepeszaKt.segments("Wizyta w środę", null);
        assertEquals(SmsEncoding.UCS2, segments.getEncoding());
        assertEquals(1, segments.getCount());
        assertEquals("Wizyta w srode", DepeszaKt.finish("Wizyta w środę", Diacritics.PLAIN, null).getText().reveal());
    }

    @Test
    void refusalsAreExceptions() throws Exception {
        try (Engine engine = Engine.Companion.open("memory:", List.of())) {
            EngineException.NotKnown refused =
                    assertThrows(EngineException.NotKnown.class, () -> engine.visit("nowak", "1", null));
            assertEquals("unknown_practice", refused.getRefusal().getCode());
        }
    }
}
