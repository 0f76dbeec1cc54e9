using System.Collections.Concurrent;
using System.Security.Cryptography;
using Parley.Dtls;
using Parley.Net;

namespace Parley;

/// <summary>
/// Certificates made ahead, for connections that are given none: the key is there when the offer is made. Each goes to one connection,
/// never to two, and one that has waited long is thrown away. None is made before a first connection has asked.
/// </summary>
internal sealed class CertificateStock : IThreadPoolWorkItem
{
    private const int Size = 4;
    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);
    private static readonly CertificateStock s_instance = new();

    private readonly ConcurrentQueue<DtlsCertificate> _made = new();
    private int _isMaking;

    private CertificateStock()
    {
    }

    /// <summary>
    /// A certificate of the caller's own. By another clock than the system's, or on another scheduler, nothing is made ahead.
    /// </summary>
    public static DtlsCertificate Take(Platform platform) =>
        platform.TimeProvider == TimeProvider.System && platform.Scheduler is ThreadPoolScheduler scheduler
            ? s_instance.Take(scheduler)
            : Make(platform.TimeProvider);

    void IThreadPoolWorkItem.Execute()
    {
        try
        {
            while (_made.Count < Size)
            {
                _made.Enqueue(Make(TimeProvider.System));
            }
        }
        catch (CryptographicException)
        {
            // Whoever asks next tries again, and is told.
        }

        Volatile.Write(ref _isMaking, 0);
    }

    private DtlsCertificate Take(ThreadPoolScheduler scheduler)
    {
        DtlsCertificate? fresh = null;
        while (fresh is null && _made.TryDequeue(out var made))
        {
            if (made.Expires - TimeProvider.System.GetUtcNow() > new DtlsCertificateOptions().Lifetime - MaxAge)
            {
                fresh = made;
            }
            else
            {
                made.Dispose();
            }
        }

        if (Interlocked.Exchange(ref _isMaking, 1) == 0)
        {
            scheduler.Schedule(this);
        }

        return fresh ?? Make(TimeProvider.System);
    }

    // "Randomized values for distinguished name and serial number SHOULD be used" (webrtc-pc §4.9.1).
    private static DtlsCertificate Make(TimeProvider clock) =>
        DtlsCertificate.Create(new DtlsCertificateOptions { CommonName = PeerConnection.RandomName() }, clock);
}
