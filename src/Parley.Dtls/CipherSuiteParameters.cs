using System.Security.Cryptography;

namespace Parley.Dtls;

/// <summary>What a cipher suite stands for.</summary>
internal readonly record struct CipherSuiteParameters(DtlsCipherSuite Suite, bool IsEcdsa, int KeySize, HashAlgorithmName Hash)
{
    // Best first. AES-128 before AES-256: it is the faster and no attack is known on either (RFC 8827 §6.5 mandates the first).
    private static readonly CipherSuiteParameters[] All =
    [
        new(DtlsCipherSuite.EcdheEcdsaAes128GcmSha256, true, 16, HashAlgorithmName.SHA256),
        new(DtlsCipherSuite.EcdheRsaAes128GcmSha256, false, 16, HashAlgorithmName.SHA256),
        new(DtlsCipherSuite.EcdheEcdsaAes256GcmSha384, true, 32, HashAlgorithmName.SHA384),
        new(DtlsCipherSuite.EcdheRsaAes256GcmSha384, false, 32, HashAlgorithmName.SHA384),
    ];

    public static ReadOnlySpan<CipherSuiteParameters> Supported => All;

    public static bool TryFind(DtlsCipherSuite suite, out CipherSuiteParameters parameters)
    {
        foreach (var candidate in All)
        {
            if (candidate.Suite == suite)
            {
                parameters = candidate;
                return true;
            }
        }

        parameters = default;
        return false;
    }
}
