// A dental program's desk: cards, visits, reminders through a gateway of the program's own, and the answers that come back.
//
//     desk.exe [STORE-URL]    memory: unless told; sqlite:desk.db keeps what it did
//     desk.exe --layout       sizes and offsets of the structures of Native.cs
//
// Its clock begins on Monday, 16 November 2026, and jumps to whatever is due next; a real program sleeps until then.
// All people are invented.
using System;
using System.Text.RegularExpressions;
using Depesza;

static class Desk {
    const string Practice = "kowalska";

    /// Where a real one calls a provider.
    sealed class Printer : IGateway {
        int taken;

        public string Submit(Submission message) {
            if (message.To == "+48501000002") throw new TimeoutException("the provider did not answer");
            if (message.To == "+48501000003") throw new Rejected(0, "invalid number");
            Console.WriteLine("  SMS to {0}, {1} part: {2}", message.To, message.Parts, message.Body);
            return "sms-" + ++taken;
        }
    }

    static int Main(string[] arguments) {
        Console.OutputEncoding = new System.Text.UTF8Encoding(false);
        if (arguments.Length == 1 && arguments[0] == "--layout") {
            foreach (var line in Native.Layout()) Console.WriteLine(line);
            return 0;
        }
        try {
            Day(arguments.Length == 1 ? arguments[0] : "memory:");
            return 0;
        } catch (DepeszaException failed) {
            Console.Error.WriteLine("{0}: {1} {2}", failed.Code, failed.Message, failed.Faults);
            return 1;
        }
    }

    static void Day(string storeUrl) {
        var now = new DateTimeOffset(2026, 11, 16, 9, 0, 0, TimeSpan.FromHours(1));
        var preview = Messages.Finish("Dzień dobry, do zobaczenia w środę.");
        Console.WriteLine("preview: {0} ({1} part)", preview.Text, preview.Parts);

        using (var engine = new Engine(storeUrl, "printer", new Printer())) {
            SetUp(engine);
            Console.WriteLine("Monday: three cards, three visits");
            Book(engine, "1", "Łucja", "Żak", "501 000 001", new DateTime(2026, 11, 20, 12, 30, 0), now);
            Book(engine, "2", "Jan", "Nowak", "501 000 002", new DateTime(2026, 11, 20, 13, 0, 0), now);
            Book(engine, "3", "Ewa", "Lis", "501 000 003", new DateTime(2026, 11, 20, 13, 30, 0), now);
            Mistyped(engine, now);

            // the gateway and its callbacks have to outlive this
            GC.Collect();
            GC.WaitForPendingFinalizers();

            Console.WriteLine("Thursday: reminders");
            now = RunUntil(engine, now, now.AddHours(74));
            var third = engine.Call("message", "{\"practice\": \"kowalska\", \"message\": 3}");
            Console.WriteLine("  refused by the provider: {0}", third.Contains("\"status\":\"failed\""));

            Console.WriteLine("Thursday: an answer");
            engine.Received(Practice, "printer", "+48501000001", "48500100200", "TAK", now);
            ulong seen = 0;
            // a real program reads these with its JSON library
            var answers = Regex.Matches(engine.Events(Practice, ref seen), @"visit_answered"",""visit"":""(\w+)"",""reply"":""(\w+)""");
            foreach (Match answered in answers) {
                Console.WriteLine("  visit {0} was answered: {1}", answered.Groups[1].Value, answered.Groups[2].Value);
            }
            var visit = engine.Call("visit", "{\"practice\": \"kowalska\", \"visit\": \"v1\"}");
            Console.WriteLine("  confirmed: {0}", visit.Contains("\"reply\":\"yes\""));
        }
    }

    static void SetUp(Engine engine) {
        engine.Call("open_practice", @"{""now"": ""2026-11-16T09:00:00+01:00"", ""practice"": {
            ""id"": ""kowalska"", ""name"": ""Dentica"", ""secret"": ""sixteen bytes or more"",
            ""settings"": {""senders"": [{""id"": ""48500100200"", ""receives"": true}]}}}");
        const string anna = @"""practice"": ""kowalska"", ""user"": {""id"": ""anna"", ""permissions"": [""manage_campaigns""]},
            ""now"": ""2026-11-16T09:00:00+01:00"", ""campaign"": ""reminder""";
        engine.Call("create_campaign", "{" + anna + @", ""spec"": {""name"": ""Przypomnienie"",
            ""timing"": {""kind"": ""reminder"", ""steps"": [{""days_before"": 1, ""at"": ""10:00""}]},
            ""bodies"": {""default"": ""(imie), czekamy (data) o (godzina), (lekarz). Odpisz TAK lub NIE.""}}}");
        engine.Call("activate", "{" + anna + "}");
    }

    static void Book(Engine engine, string number, string firstName, string lastName, string phone, DateTime start, DateTimeOffset now) {
        var card = new Patient { Id = number, FirstName = firstName, LastName = lastName, Phone = phone, AgreedAt = now.AddDays(-1) };
        engine.Tell(Practice, card, now);
        var visit = new Visit { Id = "v" + number, PatientId = number, Start = start, DoctorId = "en", DoctorName = "dr Ewa Nowak" };
        var isNew = engine.Tell(Practice, visit, now);
        var again = engine.Tell(Practice, visit, now);
        Console.WriteLine("  visit v{0}: new {1}, told again {2}", number, isNew, again);
    }

    static void Mistyped(Engine engine, DateTimeOffset now) {
        try {
            engine.Tell(Practice, new Visit { Id = "", PatientId = "1", Start = new DateTime(2026, 11, 20, 8, 0, 0) }, now);
        } catch (DepeszaException refused) {
            Console.WriteLine("  refused: {0}", refused.Code);
        }
    }

    static DateTimeOffset RunUntil(Engine engine, DateTimeOffset now, DateTimeOffset until) {
        for (var due = engine.NextDue(); due != null && due <= until; due = engine.NextDue()) {
            if (due > now) now = due.Value;
            ulong accepted, unknown;
            engine.Round(now, out accepted, out unknown);
            if (accepted + unknown > 0) Console.WriteLine("  {0} accepted, {1} in doubt: whether it arrived, people find out", accepted, unknown);
        }
        return until;
    }
}
