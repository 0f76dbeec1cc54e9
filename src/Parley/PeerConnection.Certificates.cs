using System.Security.Cryptography;
using Parley.Dtls;
using Parley.Net;

namespace Parley;

// Certificate management (webrtc-pc §4.9).
public sealed partial class PeerConnection
{
    private const long DefaultExpires = 30L * 24 * 60 * 60 * 1000;
    private const long MaxExpires = 365L * 24 * 60 * 60 * 1000;

    /// <summary>
    /// Makes a key and a certificate for <see cref="PeerConnectionConfiguration.Certificates"/> (webrtc-pc §4.9, generateCertificate). An
    /// ECDSA one is there at once; the primes of an RSA one are sought on the platform's scheduler.
    /// </summary>
    /// <param name="keygenAlgorithm">The key: <see cref="KeygenAlgorithm.EcdsaP256"/> or <see cref="KeygenAlgorithm.Rsa2048"/>, or the same
    /// with another lifetime.</param>
    /// <param name="platform">Clock and scheduler; null for the machine's own.</param>
    /// <exception cref="ArgumentException">The lifetime is negative, or what the algorithm needs is missing.</exception>
    /// <exception cref="RtcException">NotSupportedError: another algorithm, curve, length, exponent or hash.</exception>
    public static Task<DtlsCertificate> GenerateCertificateAsync(KeygenAlgorithm keygenAlgorithm, Platform? platform = null)
    {
        ArgumentNullException.ThrowIfNull(keygenAlgorithm);
        ArgumentNullException.ThrowIfNull(keygenAlgorithm.Name, nameof(keygenAlgorithm));
        platform ??= Platform.Default;
        try
        {
            var expires = Math.Min(keygenAlgorithm.Expires ?? DefaultExpires, MaxExpires);
            if (expires < 0)
            {
                throw new ArgumentOutOfRangeException(nameof(keygenAlgorithm), "A lifetime is not negative.");
            }

            var options = new DtlsCertificateOptions
            {
                KeyAlgorithm = Normalize(keygenAlgorithm),
                Lifetime = TimeSpan.FromMilliseconds(expires),
                CommonName = RandomName(),
            };
            if (options.KeyAlgorithm == DtlsKeyAlgorithm.EcdsaP256)
            {
                return Task.FromResult(DtlsCertificate.Create(options, platform.TimeProvider));
            }

            var generation = new CertificateGeneration(options, platform.TimeProvider);
            platform.Scheduler.Schedule(generation);
            return generation.Promise;
        }
        catch (Exception error) when (error is ArgumentException or RtcException or CryptographicException)
        {
            return Task.FromException<DtlsCertificate>(error);
        }
    }

    /// <summary>
    /// Makes a certificate for an algorithm that needs no parameters. There is none: known names miss theirs, others are not supported.
    /// </summary>
    /// <inheritdoc cref="GenerateCertificateAsync(KeygenAlgorithm, Platform?)"/>
    public static Task<DtlsCertificate> GenerateCertificateAsync(string keygenAlgorithm, Platform? platform = null) =>
        GenerateCertificateAsync(new KeygenAlgorithm(keygenAlgorithm), platform);

    // "Randomized values for distinguished name and serial number SHOULD be used."
    internal static string RandomName() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    private static DtlsKeyAlgorithm Normalize(KeygenAlgorithm algorithm)
    {
        if (string.Equals(algorithm.Name, "ECDSA", StringComparison.OrdinalIgnoreCase))
        {
            return Require(algorithm.NamedCurve) == "P-256"
                ? DtlsKeyAlgorithm.EcdsaP256
                : throw NotSupported($"The curve {algorithm.NamedCurve}");
        }

        if (!string.Equals(algorithm.Name, "RSASSA-PKCS1-v1_5", StringComparison.OrdinalIgnoreCase))
        {
            throw NotSupported($"The algorithm {algorithm.Name}");
        }

        if (algorithm is not { ModulusLength: not null, PublicExponent: not null })
        {
            throw new ArgumentException("RSA needs a modulus length and a public exponent.", nameof(algorithm));
        }

        return string.Equals(Require(algorithm.Hash), "SHA-256", StringComparison.OrdinalIgnoreCase)
            && algorithm.ModulusLength == 2048
            && algorithm.PublicExponent.Value.Span.TrimStart((byte)0).SequenceEqual<byte>([1, 0, 1])
                ? DtlsKeyAlgorithm.Rsa2048
                : throw NotSupported("This kind of RSA");
    }

    private static string Require(string? parameter) =>
        parameter ?? throw new ArgumentException("A parameter of the algorithm is missing.", nameof(parameter));

    private static RtcException NotSupported(string what) =>
        new(RtcErrorNames.NotSupportedError, $"{what} is not supported for certificates.");

    private sealed class CertificateGeneration(DtlsCertificateOptions options, TimeProvider clock) : IThreadPoolWorkItem
    {
        private readonly TaskCompletionSource<DtlsCertificate> _promise = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<DtlsCertificate> Promise => _promise.Task;

        public void Execute()
        {
            try
            {
                _promise.SetResult(DtlsCertificate.Create(options, clock));
            }
            catch (CryptographicException error)
            {
                _promise.SetException(error);
            }
        }
    }
}
