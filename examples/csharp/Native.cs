// The C ABI as it stands in depesza.h: structures in the order of their fields, functions by their names. Nothing here is for an application;
// that is Engine.cs. Texts are UTF-8 by address and length, written by hand, because .NET Framework and Mono marshal none.
using System;
using System.Collections.Generic;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Depesza {

[StructLayout(LayoutKind.Sequential)]
struct Str {
    public IntPtr Data;
    public UIntPtr Len;

    /// A text of the library's, copied; null where there is none.
    public override string ToString() {
        if (Data == IntPtr.Zero) return null;
        var bytes = new byte[(int)Len];
        Marshal.Copy(Data, bytes, 0, bytes.Length);
        return Encoding.UTF8.GetString(bytes);
    }
}

/// Texts for one call: unmanaged memory until Dispose.
sealed class Texts : IDisposable {
    readonly List<IntPtr> memory = new List<IntPtr>();

    /// Null is no text, which is what an optional field has that is absent.
    public Str Put(string text) {
        if (text == null) return new Str();
        var bytes = Encoding.UTF8.GetBytes(text);
        var data = Marshal.AllocHGlobal(Math.Max(1, bytes.Length));
        memory.Add(data);
        Marshal.Copy(bytes, 0, data, bytes.Length);
        return new Str { Data = data, Len = (UIntPtr)bytes.Length };
    }

    public void Dispose() {
        foreach (var data in memory) Marshal.FreeHGlobal(data);
        memory.Clear();
    }
}

[StructLayout(LayoutKind.Sequential)]
struct ErrorOut { public uint Status; public Str Code, Message, Field, Faults; }

[StructLayout(LayoutKind.Sequential)]
struct SegmentsOut { public uint Encoding, Units, Count, Remaining; }

[StructLayout(LayoutKind.Sequential)]
struct LocalTimeIn {
    public ushort Year;
    public byte Month, Day, Hour, Minute, Second;

    public static LocalTimeIn Of(DateTime at) {
        return new LocalTimeIn {
            Year = (ushort)at.Year, Month = (byte)at.Month, Day = (byte)at.Day,
            Hour = (byte)at.Hour, Minute = (byte)at.Minute, Second = (byte)at.Second,
        };
    }
}

[StructLayout(LayoutKind.Sequential)]
struct VisitIn {
    public Str Id;
    public ulong Revision;
    public Str Patient;
    public LocalTimeIn Start;
    public Str Zone;
    public uint DurationMin, State;
    public Str VisitType, DoctorId, DoctorName, RoomId, RoomName;
    public long BookedAtMs;
    public Str Series;
    public byte FirstVisit;
}

[StructLayout(LayoutKind.Sequential)]
struct ConsentIn { public byte Given; public uint Source; public long AtMs; }

[StructLayout(LayoutKind.Sequential)]
struct PatientIn {
    public Str Id;
    public ulong Revision;
    public Str FirstName, LastName, Vocative, Phone, GuardianPhone, GuardianName;
    public LocalTimeIn BirthDate;
    public ConsentIn ConsentVisits, ConsentMarketing, ConsentOther;
    public uint Status;
    public long CreatedAtMs;
}

[StructLayout(LayoutKind.Sequential)]
struct SmsIn {
    public Str Gateway, ProviderId, From, To, Body;
    public long ReceivedAtMs;
    public Str InReplyTo;
    public ushort PartReference;
    public byte Part, Parts, OptOut;
}

[StructLayout(LayoutKind.Sequential)]
struct OutcomeOut { public uint Kind; public ulong Message; }

[StructLayout(LayoutKind.Sequential)]
struct DispatchedOut { public ulong Submitted, Accepted, Unknown; public byte More; }

[StructLayout(LayoutKind.Sequential)]
struct WorkedOut { public ulong Commits, Finished; public byte More; }

[StructLayout(LayoutKind.Sequential)]
struct CapabilitiesIn { public uint OwnReference; public long WindowMs; public uint Batch; public byte Reports; }

[StructLayout(LayoutKind.Sequential)]
struct SubmissionOut {
    public Str Reference, To, Sender, Body;
    public uint Encoding, Parts, Purpose;
    public long AtMs, NotAfterMs;
}

[StructLayout(LayoutKind.Sequential)]
struct GatewayTable { public UIntPtr Size; public IntPtr Submit, LookUp, Cancel, Balance, Free; }

[UnmanagedFunctionPointer(CallingConvention.Cdecl)]
delegate uint SubmitCallback(IntPtr userdata, IntPtr batch, UIntPtr count, IntPtr answers);

[UnmanagedFunctionPointer(CallingConvention.Cdecl)]
delegate void FreeCallback(IntPtr userdata);

sealed class OptionsHandle : SafeHandle {
    public OptionsHandle() : base(IntPtr.Zero, true) { }
    public override bool IsInvalid { get { return handle == IntPtr.Zero; } }
    protected override bool ReleaseHandle() { return Native.depesza_engine_options_free(ref handle) == Native.Ok; }
}

sealed class EngineHandle : SafeHandle {
    public EngineHandle() : base(IntPtr.Zero, true) { }
    public override bool IsInvalid { get { return handle == IntPtr.Zero; } }
    protected override bool ReleaseHandle() { return Native.depesza_engine_free(ref handle) == Native.Ok; }
}

static class Native {
    /// libdepesza.so, or depesza.dll.
    const string Library = "depesza";

    public const uint Abi = 1;
    public const uint Ok = 0;
    public const uint Unavailable = 9;

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern uint depesza_abi();

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern uint depesza_last_error(out ErrorOut error);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern uint depesza_string_free(ref Str text);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern uint depesza_finish(byte[] text, UIntPtr textLen, uint diacritics, uint referenceBits, [In, Out] byte[] room,
                                             UIntPtr capacity, out UIntPtr len, out SegmentsOut segments);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern uint depesza_engine_options_new(out OptionsHandle options);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern uint depesza_engine_options_free(ref IntPtr options);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern uint depesza_engine_options_store_url(OptionsHandle options, byte[] url, UIntPtr urlLen);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern uint depesza_engine_options_gateway(OptionsHandle options, byte[] id, UIntPtr idLen, ref CapabilitiesIn capabilities,
                                                             ref GatewayTable table, IntPtr userdata);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern uint depesza_engine_open(OptionsHandle options, out EngineHandle engine);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern uint depesza_engine_free(ref IntPtr engine);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern uint depesza_call(EngineHandle engine, byte[] method, UIntPtr methodLen, byte[] arguments, UIntPtr argumentsLen,
                                           ref Str answer);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern uint depesza_dispatch(EngineHandle engine, long nowMs, ulong limit, out DispatchedOut dispatched);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern uint depesza_work(EngineHandle engine, long nowMs, ulong limit, out WorkedOut worked);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern uint depesza_next_due(EngineHandle engine, out long atMs, out byte waiting);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern uint depesza_events(EngineHandle engine, byte[] practice, UIntPtr practiceLen, ulong after, uint limit,
                                             ref Str answer, out ulong last);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern uint depesza_tell_visits(EngineHandle engine, byte[] practice, UIntPtr practiceLen, ref VisitIn visit, UIntPtr count,
                                                  long nowMs, out OutcomeOut outcome);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern uint depesza_tell_patients(EngineHandle engine, byte[] practice, UIntPtr practiceLen, ref PatientIn patient,
                                                    UIntPtr count, long nowMs, out OutcomeOut outcome);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern uint depesza_tell_sms(EngineHandle engine, byte[] practice, UIntPtr practiceLen, ref SmsIn sms, UIntPtr count,
                                               long nowMs, out OutcomeOut outcome);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern uint depesza_answer_accepted(IntPtr answers, UIntPtr place, ref Str providerIds, UIntPtr count, uint parts,
                                                      long costMilli);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern uint depesza_answer_rejected(IntPtr answers, UIntPtr place, uint rejectClass, Str code);

    /// The size of each structure here and where each of its fields stands, under the header's names, to be compared with the C compiler's.
    public static IEnumerable<string> Layout() {
        var all = new Dictionary<string, Type> {
            { "str", typeof(Str) }, { "error", typeof(ErrorOut) }, { "segments", typeof(SegmentsOut) }, { "local_time", typeof(LocalTimeIn) },
            { "visit", typeof(VisitIn) }, { "consent", typeof(ConsentIn) }, { "patient", typeof(PatientIn) }, { "sms", typeof(SmsIn) },
            { "outcome", typeof(OutcomeOut) }, { "dispatched", typeof(DispatchedOut) }, { "worked", typeof(WorkedOut) },
            { "capabilities", typeof(CapabilitiesIn) }, { "submission", typeof(SubmissionOut) }, { "gateway_table", typeof(GatewayTable) },
        };
        foreach (var one in all) {
            var name = "depesza_" + one.Key + "_t";
            yield return name + " sizeof " + Marshal.SizeOf(one.Value);
            foreach (var field in one.Value.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)) {
                var inC = Regex.Replace(field.Name, "(?<=.)([A-Z])", "_$1").ToLowerInvariant();
                yield return name + " " + inC + " " + Marshal.OffsetOf(one.Value, field.Name);
            }
        }
    }
}

}
