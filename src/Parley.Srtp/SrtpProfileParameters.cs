namespace Parley.Srtp;

/// <summary>The lengths each profile fixes, in bytes (RFC 5764 §4.1.2, RFC 7714 §12).</summary>
public static class SrtpProfileParameters
{
    /// <param name="profile">One of the named profiles; for any other value the lengths throw.</param>
    extension(SrtpProfile profile)
    {
        /// <summary>Whether this library has the profile: false for a number from the network that is none of the named ones.</summary>
        public bool IsSupported => Enum.IsDefined(profile);

        /// <summary>Whether it is an AEAD (AES-GCM) rather than counter mode with HMAC-SHA1.</summary>
        public bool IsAead => profile is SrtpProfile.AeadAes128Gcm or SrtpProfile.AeadAes256Gcm;

        /// <summary>Bytes in the master key: 16 or 32.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The profile is not supported.</exception>
        public int KeyLength => profile switch
        {
            SrtpProfile.Aes128CmHmacSha1With80BitTag or SrtpProfile.Aes128CmHmacSha1With32BitTag or SrtpProfile.AeadAes128Gcm => 16,
            SrtpProfile.AeadAes256Gcm => 32,
            _ => throw new ArgumentOutOfRangeException(nameof(profile)),
        };

        /// <summary>Bytes in the master salt: 14 or 12.</summary>
        public int SaltLength => profile.IsAead ? 12 : 14;

        /// <summary>Bytes an RTP packet grows by.</summary>
        public int RtpTagLength => profile.IsAead ? 16 : profile == SrtpProfile.Aes128CmHmacSha1With32BitTag ? 4 : 10;

        /// <summary>Bytes in the tag of an RTCP packet, which grows by four more for its index.</summary>
        public int RtcpTagLength => profile.IsAead ? 16 : 10;

        /// <summary>The most bytes any packet grows by: an RTCP packet's tag and index.</summary>
        public int MaxOverhead => profile.RtcpTagLength + 4;

        /// <summary>Bytes to export from DTLS: a key and a salt for each side (RFC 5764 §4.2).</summary>
        public int KeyingMaterialLength => 2 * (profile.KeyLength + profile.SaltLength);
    }
}
