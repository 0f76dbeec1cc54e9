using System.Diagnostics;
using Parley.Srtp;

namespace Parley.Bench;

/// <summary>
/// The same pieces in many short rounds, one after the other, and the fastest round of each: on a machine that others use too,
/// the only figures of one run that compare.
/// </summary>
internal static class Interleaved
{
    private const int Rounds = 200;

    /// <summary>Runs the pieces whose name contains one of the words; without words all.</summary>
    public static void Run(params string[] words)
    {
        var pieces = new List<(string Name, int Operations, Action Run)>();
        foreach (var bits in (int[])[128, 256])
        {
            var ciphers = new CipherBenchmarks { KeyBits = bits };
            ciphers.Setup();
            pieces.Add(($"AES-{bits}-GCM seal, platform", 1, ciphers.PlatformSeal));
            pieces.Add(($"AES-{bits}-GCM seal", 1, ciphers.GcmSeal));
            pieces.Add(($"AES-{bits}-GCM open, platform", 1, ciphers.PlatformOpen));
            pieces.Add(($"AES-{bits}-GCM open", 1, () => ciphers.GcmOpen()));
            pieces.Add(($"AES-{bits}-CTR", 1, ciphers.CounterMode));
            pieces.Add(($"HMAC-SHA1, platform", 1, ciphers.PlatformHmacSha1));
        }

        foreach (var profile in Enum.GetValues<SrtpProfile>())
        {
            var srtp = new SrtpBenchmarks { Profile = profile };
            srtp.Setup();
            pieces.Add(($"{profile} protect", SrtpBenchmarks.Packets, srtp.Protect));
            pieces.Add(($"{profile} unprotect", SrtpBenchmarks.Packets, srtp.Unprotect));
        }

        var exchange = new KeyExchangeBenchmarks();
        exchange.Setup();
        pieces.Add(("P-256 key, platform", 1, exchange.PlatformP256Key));
        pieces.Add(("P-256 agreement, platform", 1, exchange.PlatformP256Agreement));
        pieces.Add(("X25519 key", 1, exchange.X25519Key));
        pieces.Add(("X25519 agreement", 1, () => exchange.X25519Agreement()));

        pieces.RemoveAll(piece => words.Length > 0 && !words.Any(piece.Name.Contains));
        var best = new double[pieces.Count];
        Array.Fill(best, double.MaxValue);
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < pieces.Count; i++)
            {
                best[i] = Math.Min(best[i], Measure(pieces[i].Run, pieces[i].Operations));
            }
        }

        for (var i = 0; i < pieces.Count; i++)
        {
            Console.WriteLine($"{pieces[i].Name,-44} {best[i],6:F0} ns");
        }
    }

    private static double Measure(Action run, int operations)
    {
        // At the most 512 operations, and no more than a millisecond of those that take long.
        var most = Math.Max(1, 512 / operations);
        var start = Stopwatch.GetTimestamp();
        var count = 0;
        do
        {
            run();
            count++;
        }
        while (count < most && ((count & 7) != 0 || Stopwatch.GetElapsedTime(start).TotalMilliseconds < 1));

        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / (count * operations);
    }
}
