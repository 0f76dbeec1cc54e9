using SharpFuzz;

namespace Parley.Fuzz;

/// <summary>Has SharpFuzz write counters into the assemblies under test, so that the driver sees which branches an input takes.</summary>
internal static class Instrumentation
{
    // Of Ciphers nothing is parsed; its abstract static members are more than the rewriting knows.
    private static readonly string[] Assemblies =
    [
        "Parley", "Parley.Net", "Parley.Sdp", "Parley.Stun", "Parley.Ice", "Parley.Dtls", "Parley.Srtp", "Parley.Rtp", "Parley.Sctp",
        "Parley.Media", "Parley.Signaling",
    ];

    public static int Instrument(string directory)
    {
        foreach (var name in Assemblies)
        {
            try
            {
                Fuzzer.Instrument(Path.Combine(directory, name + ".dll"), static _ => true, Options.Value);
            }
            catch (Exception error)
            {
                // Without counters the target is fuzzed blindly, which the run says.
                Console.Error.WriteLine($"parley-fuzz: {name} is not instrumented: {error.Message}");
            }
        }

        return 0;
    }
}
