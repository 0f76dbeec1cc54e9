using Parley.Srtp;

namespace Parley.Cli.Bench;

/// <summary>What the documents call the profiles (RFC 4568 §6.2, RFC 7714 §14).</summary>
internal static class SrtpProfileNames
{
    public static string NameOf(SrtpProfile profile) => profile switch
    {
        SrtpProfile.Aes128CmHmacSha1With80BitTag => "AES_CM_128_HMAC_SHA1_80",
        SrtpProfile.Aes128CmHmacSha1With32BitTag => "AES_CM_128_HMAC_SHA1_32",
        SrtpProfile.AeadAes128Gcm => "AEAD_AES_128_GCM",
        SrtpProfile.AeadAes256Gcm => "AEAD_AES_256_GCM",
        _ => profile.ToString(),
    };
}
