// What an application uses: exceptions, safe handles, text, and a gateway as an interface. Built on Native.cs.
using System;
using System.Runtime.InteropServices;
using System.Text;

namespace Depesza {

/// A call that failed.
public sealed class DepeszaException : Exception {
    /// A stable name for programs: `unknown_campaign`, `too_short` …
    public readonly string Code;
    /// The argument or field; null where nothing is at fault by itself.
    public readonly string Field;
    /// All faults as a JSON array; null where there is only this one.
    public readonly string Faults;

    DepeszaException(string code, string message, string field, string faults) : base(message) {
        Code = code;
        Field = field;
        Faults = faults;
    }

    /// Has to come straight after the call: what went wrong is kept by thread.
    internal static void Check(uint status) {
        if (status == Native.Ok) return;
        ErrorOut told;
        Native.depesza_last_error(out told);
        throw new DepeszaException(told.Code.ToString(), told.Message.ToString(), told.Field.ToString(), told.Faults.ToString());
    }
}

/// One message for a gateway.
public sealed class Submission {
    public readonly string Reference, To, Sender, Body;
    public readonly uint Parts;

    internal Submission(SubmissionOut told) {
        Reference = told.Reference.ToString();
        To = told.To.ToString();
        Sender = told.Sender.ToString();
        Body = told.Body.ToString();
        Parts = told.Parts;
    }
}

/// A gateway of the host's. It may be called from several threads at once.
public interface IGateway {
    /// Hands over one message and gives the provider's identifier of it. Rejected says that it was certainly not sent; any other exception
    /// counts as an outcome that nobody knows, and the message does not go again by itself.
    string Submit(Submission message);
}

/// Thrown by a gateway for a message that the provider refused.
public sealed class Rejected : Exception {
    /// As DEPESZA_REJECT_…: 0 is an invalid number, 8 a passing failure.
    public readonly uint Class;

    public Rejected(uint kind, string providersWord) : base(providersWord) { Class = kind; }
}

/// What a text costs.
public sealed class Finished {
    public string Text;
    public uint Parts;
}

public static class Messages {
    /// A text as it is sent, with letters folded to GSM-7, and its parts.
    public static Finished Finish(string text) {
        var bytes = Encoding.UTF8.GetBytes(text);
        var room = new byte[Math.Max(1, 3 * bytes.Length)];
        UIntPtr len;
        SegmentsOut segments;
        DepeszaException.Check(Native.depesza_finish(bytes, (UIntPtr)bytes.Length, 0, 8, room, (UIntPtr)room.Length, out len, out segments));
        return new Finished { Text = Encoding.UTF8.GetString(room, 0, (int)len), Parts = segments.Count };
    }
}

/// What happened in the host's world, as the desk tells it.
public sealed class Patient {
    public string Id, FirstName, LastName, Phone;
    public ulong Revision = 1;
    /// When the patient agreed to information on visits; null when nobody asked.
    public DateTimeOffset? AgreedAt;
}

public sealed class Visit {
    public string Id, PatientId, DoctorId, DoctorName;
    public ulong Revision = 1;
    /// The practice's local time.
    public DateTime Start;
}

/// An engine. Any number of threads may use it; Dispose when none does any more.
public sealed class Engine : IDisposable {
    // the library keeps these addresses, so the delegates live as long as the program
    static readonly SubmitCallback submit = Submit;
    static readonly FreeCallback free = Free;

    readonly EngineHandle handle;

    /// Opens the store of a URL (`memory:`, `sqlite:PATH`), with one gateway.
    public Engine(string storeUrl, string gatewayId, IGateway gateway) {
        if (Native.depesza_abi() != Native.Abi) throw new InvalidOperationException("libdepesza has another ABI than this program");
        OptionsHandle options;
        DepeszaException.Check(Native.depesza_engine_options_new(out options));
        using (options) {
            var url = Encoding.UTF8.GetBytes(storeUrl);
            DepeszaException.Check(Native.depesza_engine_options_store_url(options, url, (UIntPtr)url.Length));
            var capabilities = new CapabilitiesIn { Batch = 100, Reports = 1 };
            var table = new GatewayTable {
                Size = (UIntPtr)Marshal.SizeOf(typeof(GatewayTable)),
                Submit = Marshal.GetFunctionPointerForDelegate(submit),
                Free = Marshal.GetFunctionPointerForDelegate(free),
            };
            var id = Encoding.UTF8.GetBytes(gatewayId);
            // keeps the gateway alive until the library calls `free`
            var kept = GCHandle.Alloc(gateway);
            var status = Native.depesza_engine_options_gateway(options, id, (UIntPtr)id.Length, ref capabilities, ref table,
                                                               GCHandle.ToIntPtr(kept));
            if (status != Native.Ok) kept.Free();
            DepeszaException.Check(status);
            DepeszaException.Check(Native.depesza_engine_open(options, out handle));
        }
    }

    public void Dispose() { handle.Dispose(); }

    /// Any operation by its name, JSON in and out: schemas/operations.json has them all.
    public string Call(string method, string arguments) {
        var name = Encoding.UTF8.GetBytes(method);
        var json = Encoding.UTF8.GetBytes(arguments);
        var answer = new Str();
        DepeszaException.Check(Native.depesza_call(handle, name, (UIntPtr)name.Length, json, (UIntPtr)json.Length, ref answer));
        return Taken(ref answer);
    }

    /// Events after a number, as a JSON array, and the number of the last one.
    public string Events(string practice, ref ulong seen) {
        var id = Encoding.UTF8.GetBytes(practice);
        var answer = new Str();
        ulong last;
        DepeszaException.Check(Native.depesza_events(handle, id, (UIntPtr)id.Length, seen, 100, ref answer, out last));
        seen = last;
        return Taken(ref answer);
    }

    public void Tell(string practice, Patient card, DateTimeOffset now) {
        var id = Encoding.UTF8.GetBytes(practice);
        using (var texts = new Texts()) {
            var told = new PatientIn {
                Id = texts.Put(card.Id),
                Revision = card.Revision,
                FirstName = texts.Put(card.FirstName),
                LastName = texts.Put(card.LastName),
                Phone = texts.Put(card.Phone),
            };
            if (card.AgreedAt != null) told.ConsentVisits = new ConsentIn { Given = 1, AtMs = card.AgreedAt.Value.ToUnixTimeMilliseconds() };
            OutcomeOut outcome;
            DepeszaException.Check(Native.depesza_tell_patients(handle, id, (UIntPtr)id.Length, ref told, (UIntPtr)1,
                                                                now.ToUnixTimeMilliseconds(), out outcome));
        }
    }

    /// True when it was new; false for a revision that is known.
    public bool Tell(string practice, Visit visit, DateTimeOffset now) {
        var id = Encoding.UTF8.GetBytes(practice);
        using (var texts = new Texts()) {
            var told = new VisitIn {
                Id = texts.Put(visit.Id),
                Revision = visit.Revision,
                Patient = texts.Put(visit.PatientId),
                Start = LocalTimeIn.Of(visit.Start),
                DoctorId = texts.Put(visit.DoctorId),
                DoctorName = texts.Put(visit.DoctorName),
            };
            OutcomeOut outcome;
            DepeszaException.Check(Native.depesza_tell_visits(handle, id, (UIntPtr)id.Length, ref told, (UIntPtr)1,
                                                              now.ToUnixTimeMilliseconds(), out outcome));
            return outcome.Kind == 0;
        }
    }

    /// Takes in an SMS; answers the number of its message.
    public ulong Received(string practice, string gateway, string from, string to, string body, DateTimeOffset now) {
        var id = Encoding.UTF8.GetBytes(practice);
        using (var texts = new Texts()) {
            var told = new SmsIn {
                Gateway = texts.Put(gateway),
                From = texts.Put(from),
                To = texts.Put(to),
                Body = texts.Put(body),
                ReceivedAtMs = now.ToUnixTimeMilliseconds(),
            };
            OutcomeOut outcome;
            DepeszaException.Check(Native.depesza_tell_sms(handle, id, (UIntPtr)id.Length, ref told, (UIntPtr)1,
                                                           now.ToUnixTimeMilliseconds(), out outcome));
            return outcome.Message;
        }
    }

    /// When there will next be something to do; null when nothing waits.
    public DateTimeOffset? NextDue() {
        long atMs;
        byte waiting;
        DepeszaException.Check(Native.depesza_next_due(handle, out atMs, out waiting));
        return waiting == 0 ? (DateTimeOffset?)null : DateTimeOffset.FromUnixTimeMilliseconds(atMs);
    }

    /// One round of the host's loop; answers how many messages were taken by the gateway, and of how many nobody knows.
    public void Round(DateTimeOffset now, out ulong accepted, out ulong unknown) {
        WorkedOut worked;
        DispatchedOut dispatched;
        DepeszaException.Check(Native.depesza_work(handle, now.ToUnixTimeMilliseconds(), 100, out worked));
        DepeszaException.Check(Native.depesza_dispatch(handle, now.ToUnixTimeMilliseconds(), 1000, out dispatched));
        accepted = dispatched.Accepted;
        unknown = dispatched.Unknown;
    }

    static string Taken(ref Str answer) {
        try {
            return answer.ToString();
        } finally {
            Native.depesza_string_free(ref answer);
        }
    }

    // No exception may leave a callback: what is thrown here becomes an answer, or none.
    static uint Submit(IntPtr userdata, IntPtr batch, UIntPtr count, IntPtr answers) {
        try {
            var gateway = (IGateway)GCHandle.FromIntPtr(userdata).Target;
            var size = Marshal.SizeOf(typeof(SubmissionOut));
            for (ulong place = 0; place < (ulong)count; ++place) {
                var told = (SubmissionOut)Marshal.PtrToStructure(IntPtr.Add(batch, (int)place * size), typeof(SubmissionOut));
                SubmitOne(gateway, new Submission(told), answers, (UIntPtr)place);
            }
            return Native.Ok;
        } catch (Exception) {
            return Native.Unavailable;
        }
    }

    static void SubmitOne(IGateway gateway, Submission message, IntPtr answers, UIntPtr place) {
        using (var texts = new Texts()) {
            try {
                var id = texts.Put(gateway.Submit(message));
                Native.depesza_answer_accepted(answers, place, ref id, (UIntPtr)1, message.Parts, -1);
            } catch (Rejected refused) {
                Native.depesza_answer_rejected(answers, place, refused.Class, texts.Put(refused.Message));
            } catch (Exception) {
                // without an answer it counts as unknown: it may have been sent
            }
        }
    }

    static void Free(IntPtr userdata) { GCHandle.FromIntPtr(userdata).Free(); }
}

}
