"""Code lists of component 2, socio-economic data: education, work and business (412–426)."""

from __future__ import annotations

from django.db.models import IntegerChoices

from dtks.registration.registry.codes.bilingual import both


class SchoolParticipation(IntegerChoices):
    NEVER = 1, both("Tidak/belum pernah sekolah", "Never attended")
    ATTENDING = 2, both("Masih sekolah", "Attending")
    LEFT = 3, both("Tidak bersekolah lagi", "No longer attending")


class EducationLevel(IntegerChoices):
    PAKET_A = 1, both("Paket A", "Paket A (equivalency, primary)")
    SDLB = 2, both("SDLB", "Special primary school")
    SD = 3, both("SD", "Primary school")
    MI = 4, both("MI", "Islamic primary school")
    SPM_ULA = 5, both("SPM/PDF Ula", "Pesantren, primary")
    PAKET_B = 6, both("Paket B", "Paket B (equivalency, junior secondary)")
    SMP_LB = 7, both("SMP LB", "Special junior secondary school")
    SMP = 8, both("SMP", "Junior secondary school")
    MTS = 9, both("MTs", "Islamic junior secondary school")
    SPM_WUSTHA = 10, both("SPM/PDF Wustha", "Pesantren, junior secondary")
    PAKET_C = 11, both("Paket C", "Paket C (equivalency, senior secondary)")
    SMLB = 12, both("SMLB", "Special senior secondary school")
    SMA = 13, both("SMA", "Senior secondary school")
    MA = 14, both("MA", "Islamic senior secondary school")
    SMK = 15, both("SMK", "Vocational secondary school")
    MAK = 16, both("MAK", "Islamic vocational secondary school")
    SPM_ULYA = 17, both("SPM/PDF Ulya", "Pesantren, senior secondary")
    DIPLOMA = 18, both("D1/D2/D3", "Diploma 1–3")
    BACHELOR = 19, both("D4/S1", "Diploma 4/bachelor")
    PROFESSION = 20, both("Profesi", "Professional degree")
    MASTER = 21, both("S2", "Master")
    DOCTOR = 22, both("S3", "Doctor")


class EducationGrade(IntegerChoices):
    GRADE_1 = 1, "1"
    GRADE_2 = 2, "2"
    GRADE_3 = 3, "3"
    GRADE_4 = 4, "4"
    GRADE_5 = 5, "5"
    GRADE_6 = 6, "6"
    GRADE_7 = 7, "7"
    COMPLETED = 8, both("8 (Tamat & Lulus)", "8 (completed and passed)")


class Diploma(IntegerChoices):
    PAKET_A = 1, both("Paket A", "Paket A (equivalency, primary)")
    SDLB = 2, both("SDLB", "Special primary school")
    SD = 3, both("SD", "Primary school")
    MI = 4, both("MI", "Islamic primary school")
    SPM_ULA = 5, both("SPM/PDF Ula", "Pesantren, primary")
    PAKET_B = 6, both("Paket B", "Paket B (equivalency, junior secondary)")
    SMP_LB = 7, both("SMP LB", "Special junior secondary school")
    SMP = 8, both("SMP", "Junior secondary school")
    MTS = 9, both("MTs", "Islamic junior secondary school")
    SPM_WUSTHA = 10, both("SPM/PDF Wustha", "Pesantren, junior secondary")
    PAKET_C = 11, both("Paket C", "Paket C (equivalency, senior secondary)")
    SMLB = 12, both("SMLB", "Special senior secondary school")
    SMA = 13, both("SMA", "Senior secondary school")
    MA = 14, both("MA", "Islamic senior secondary school")
    SMK = 15, both("SMK", "Vocational secondary school")
    MAK = 16, both("MAK", "Islamic vocational secondary school")
    SPM_ULYA = 17, both("SPM/PDF Ulya", "Pesantren, senior secondary")
    DIPLOMA = 18, both("D1/D2/D3", "Diploma 1–3")
    BACHELOR = 19, both("D4/S1", "Diploma 4/bachelor")
    PROFESSION = 20, both("Profesi", "Professional degree")
    MASTER = 21, both("S2", "Master")
    DOCTOR = 22, both("S3", "Doctor")
    NONE = 23, both("Tidak Punya Ijazah SD", "No primary-school diploma")


class Industry(IntegerChoices):
    CROPS = 1, both("Pertanian tanaman padi & palawija", "Rice and secondary crops")
    HORTICULTURE = 2, both("Hortikultura", "Horticulture")
    PLANTATION = 3, both("Perkebunan", "Plantation")
    FISHERY = 4, both("Perikanan", "Fishery")
    LIVESTOCK = 5, both("Peternakan", "Livestock")
    FORESTRY = 6, both("Kehutanan & pertanian lainnya", "Forestry and other agriculture")
    MINING = 7, both("Pertambangan/penggalian", "Mining/quarrying")
    MANUFACTURING = 8, both("Industri pengolahan", "Manufacturing")
    ENERGY = (
        9,
        both(
            "Pengadaan listrik, gas, uap/air panas, & udara dingin",
            "Electricity, gas, steam and air conditioning supply",
        ),
    )
    WATER_WASTE = (
        10,
        both(
            "Pengelolaan air, pengelolaan air limbah, pengelolaan dan daur ulang sampah, "
            "dan aktivitas remediasi",
            "Water supply, sewerage, waste and remediation",
        ),
    )
    CONSTRUCTION = 11, both("Konstruksi", "Construction")
    TRADE = (
        12,
        both(
            "Perdagangan besar dan eceran, reparasi dan perawatan mobil dan sepeda motor",
            "Wholesale and retail trade, vehicle repair",
        ),
    )
    TRANSPORT = 13, both("Pengangkutan dan pergudangan", "Transport and storage")
    ACCOMMODATION = 14, both("Penyediaan akomodasi & makan minum", "Accommodation and food service")
    INFORMATION = 15, both("Informasi & komunikasi", "Information and communication")
    FINANCE = 16, both("Keuangan & asuransi", "Finance and insurance")
    REAL_ESTATE = 17, both("Real estate", "Real estate")
    PROFESSIONAL = (
        18,
        both("Aktivitas profesional, ilmiah, dan teknis", "Professional, scientific and technical"),
    )
    SUPPORT = (
        19,
        both(
            "Aktivitas penyewaan dan sewa guna tanpa hak opsi, ketenagakerjaan, agen perjalanan, "
            "dan penunjang usaha lainnya",
            "Rental, employment, travel and other business support",
        ),
    )
    GOVERNMENT = (
        20,
        both(
            "Administrasi pemerintahan, pertahanan, dan jaminan sosial wajib",
            "Public administration, defence and compulsory social security",
        ),
    )
    EDUCATION = 21, both("Pendidikan", "Education")
    HEALTH = 22, both("Aktivitas kesehatan manusia dan aktivitas sosial", "Human health and social work")
    ARTS = 23, both("Kesenian, hiburan, dan rekreasi", "Arts, entertainment and recreation")
    OTHER_SERVICES = 24, both("Aktivitas jasa lainnya", "Other services")
    HOUSEHOLD_EMPLOYER = 25, both("Aktivitas keluarga sebagai pemberi kerja", "Families as employers")
    INTERNATIONAL = (
        26,
        both(
            "Aktivitas badan internasional dan badan ekstra internasional lainnya",
            "International and extraterritorial bodies",
        ),
    )


class EmploymentStatus(IntegerChoices):
    OWN_ACCOUNT = 1, both("Berusaha sendiri", "Own-account worker")
    EMPLOYER_CASUAL = (
        2,
        both(
            "Berusaha dibantu buruh tidak tetap/tidak dibayar",
            "Employer with casual/unpaid workers",
        ),
    )
    EMPLOYER_PERMANENT = (
        3,
        both("Berusaha dibantu buruh tetap/dibayar", "Employer with permanent/paid workers"),
    )
    EMPLOYEE = 4, both("Buruh/karyawan/pegawai swasta", "Private employee")
    PUBLIC_EMPLOYEE = (
        5,
        both(
            "PNS/TNI/Polri/BUMN/BUMD/pejabat negara",
            "Civil service, armed forces, police, state company, state official",
        ),
    )
    FREE_FARM_WORKER = 6, both("Pekerja bebas pertanian", "Casual worker in agriculture")
    FREE_OTHER_WORKER = 7, both("Pekerja bebas non-pertanian", "Casual worker outside agriculture")
    FAMILY_WORKER = 8, both("Pekerja keluarga/tidak dibayar", "Family/unpaid worker")


class HasNpwp(IntegerChoices):
    SHOWN = 1, both("Ada, dapat menunjukkan", "Yes, can be shown")
    NOT_SHOWN = 2, both("Ada, tidak dapat menunjukkan", "Yes, cannot be shown")
    NONE = 3, both("Tidak ada", "No")


class BusinessLicence(IntegerChoices):
    SITU = 1, both("Surat Izin Tempat Usaha (SITU)", "Business-place permit (SITU)")
    SIUP = 2, both("Surat Izin Usaha Perdagangan (SIUP)", "Trade permit (SIUP)")
    NRP = 3, both("Nomor Registrasi Perusahaan (NRP)", "Company registration number (NRP)")
    NIB = 4, both("Nomor Induk Berusaha (NIB)", "Business identification number (NIB)")
    SKDP = 5, both("Surat Keterangan Domisili Perusahaan (SKDP)", "Company domicile letter (SKDP)")
    AMDAL = 6, both("Analisis Mengenai Dampak Lingkungan (Amdal)", "Environmental assessment (Amdal)")
    SIMB = 7, both("Surat Izin Mendirikan Bangunan (SIMB)", "Building permit (SIMB)")
    SKBH = 8, both("Surat Keputusan Badan Hukum (SKBH)", "Legal-entity decree (SKBH)")
    APPT = 9, both("Akta Pendirian Perseroan Terbatas (APPT)", "Deed of incorporation (APPT)")
    OTHER = 10, both("Surat izin lainnya", "Other permit")
    NONE = 11, both("Belum memiliki izin usaha", "No licence yet")
    NUISANCE = 12, both("Surat Izin Gangguan", "Nuisance permit")


class BusinessTurnover(IntegerChoices):
    """Rupiah a month."""

    UNDER_5M = 1, both("< 5 Juta (ultra mikro)", "< 5 million (ultra micro)")
    UNDER_15M = 2, both("5 -< 15 Juta (ultra mikro)", "5 to < 15 million (ultra micro)")
    UNDER_25M = 3, both("15 -< 25 Juta (ultra mikro)", "15 to < 25 million (ultra micro)")
    UNDER_167M = 4, both("25 -< 167 Juta (mikro)", "25 to < 167 million (micro)")
    UNDER_1250M = 5, both("167 -< 1.250 Juta (kecil)", "167 to < 1,250 million (small)")
    UNDER_4167M = 6, both("1.250 -< 4.167 Juta (menengah)", "1,250 to < 4,167 million (medium)")
    OVER_4167M = 7, both(">= 4.167 Juta (besar)", ">= 4,167 million (large)")


class BusinessInternet(IntegerChoices):
    """Answers of 426 are summed."""

    NONE = 0, both("Tidak menggunakan internet", "No internet")
    COMMUNICATION = 1, both("Sebagai sarana komunikasi", "Communication")
    INFORMATION = 2, both("Untuk mencari informasi", "Information")
    MARKETING = 4, both("Sebagai Pemasaran/Iklan", "Marketing/advertising")
    SALES = 8, both("Sebagai Sarana Penjualan Produk/Output", "Sales")
    PURCHASING = 16, both("Sebagai Pembelian dan/atau Produksi", "Purchasing/production")
    OTHER = 32, both("Lainnya", "Other")
